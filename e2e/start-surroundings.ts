import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTestBinaries } from "#lib/testing/test-binaries";
import { startLifeboat } from "./lifeboat.ts";
import { startShopServer } from "./shop-server.ts";
import { signIn } from "./sign-in.ts";
import type { Surroundings } from "./surroundings.ts";

/** Folders of the host from which files may be protected and imported. */
function makeFolders(): { folders: Surroundings["folders"]; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), "lifeboat-e2e-files-"));
  const folders = { sqlite: join(root, "sqlite"), imports: join(root, "imports") };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  return { folders, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** One Lifeboat with the sample, and a PostgreSQL server of "somebody else" with a shop, for all journeys. */
export async function startSurroundings(): Promise<{ started: Surroundings; stop: () => Promise<void> }> {
  const { folders, remove } = makeFolders();
  const shop = await startShopServer();
  try {
    // What comes from elsewhere is opened by tools without known holes only; those of the distribution may have some.
    const newer = (await findTestBinaries()).find(({ slot }) => slot === 17);
    const env = {
      LIFEBOAT_SQLITE_DIRS: folders.sqlite,
      LIFEBOAT_IMPORT_DIRS: folders.imports,
      PG_BIN_PATH: newer?.binDir ?? "",
      // Journeys hold a lock until they have cancelled what waits for it, on whatever machine.
      LIFEBOAT_LOCK_WAIT_MS: "240000",
    };
    const lifeboat = await startLifeboat({ args: ["--sample"], env });
    const stop = async () => {
      await Promise.all([lifeboat.stop(), shop.stop()]);
      remove();
    };
    try {
      const { url, dataDir, adminEmail, adminPassword, token } = lifeboat;
      const cookies = await signIn(url, adminEmail, adminPassword);
      return { started: { url, dataDir, adminEmail, adminPassword, token, cookies, folders, shop: shop.facts }, stop };
    } catch (error) {
      await lifeboat.stop();
      throw error;
    }
  } catch (error) {
    await shop.stop();
    remove();
    throw error;
  }
}
