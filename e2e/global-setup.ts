import { startLifeboat } from "./lifeboat.ts";

/** One Lifeboat with the sample shop for all journeys; the tests find it through the environment. */
export default async function setUp(): Promise<() => Promise<void>> {
  const lifeboat = await startLifeboat({ args: ["--sample"] });
  process.env["E2E_URL"] = lifeboat.url;
  process.env["E2E_EMAIL"] = lifeboat.adminEmail;
  process.env["E2E_PASSWORD"] = lifeboat.adminPassword;
  process.env["E2E_TOKEN"] = lifeboat.token;
  process.env["E2E_DATA_DIR"] = lifeboat.dataDir;
  return lifeboat.stop;
}
