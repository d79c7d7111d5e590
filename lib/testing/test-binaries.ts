import { findServerBinaries } from "#lib/clusters/server-binaries";
import type { TestSlot } from "./cluster-facts.ts";

/** Where `scripts/test/fetch-postgres-17.sh` unpacks the version that Debian 12 does not have. */
const fetched = "/var/cache/lifeboat/postgresql-17/usr/lib/postgresql/17/bin";

/**
 * The servers that tests run on: 15 or, where the distribution has another one, its oldest; and 17 or newer, which may be
 * missing on a developer's machine. Throws with the cure when there is none at all.
 */
export async function findTestBinaries(): Promise<{ slot: TestSlot; major: number; binDir: string }[]> {
  const all = await findServerBinaries([fetched]);
  const older = all.find((binaries) => binaries.major === 15) ?? all.findLast((binaries) => binaries.major >= 14);
  const newer = all.find((binaries) => binaries.major === 17) ?? all.find((binaries) => binaries.major >= 17);
  if (older === undefined)
    throw new Error("the tests need PostgreSQL 14 or newer on this machine; install it with: apt-get install postgresql");
  return [{ slot: 15 as const, ...older }, ...(newer === undefined ? [] : [{ slot: 17 as const, ...newer }])];
}
