import { like } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { packs } from "#lib/db/schema/packs";
import { readSidecar } from "#lib/repository/sidecar";
import type { WorkerDeps } from "../runs/work.ts";

/**
 * How many packs beside these in storage, that no row tells of, say in a trusted sidecar that they need one of `going`: a catalogue that was
 * restored to yesterday does not know what was made since. All packs of a chain lie in one folder.
 */
export async function countUnknownDependents(
  db: Database,
  { destination, context }: Pick<WorkerDeps, "destination" | "context">,
  { keys, going }: { keys: readonly string[]; going: ReadonlySet<string> },
): Promise<number> {
  const { storage } = destination;
  let count = 0;
  for (const folder of new Set(keys.map((key) => key.slice(0, key.lastIndexOf("/") + 1)))) {
    const found: string[] = [];
    for await (const { key } of storage.list(folder)) if (key.endsWith(".zst")) found.push(key);
    // Rows are read after the files: what was published meanwhile has its row.
    const pattern = `${folder.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    const rows = await db.select({ key: packs.key }).from(packs).where(like(packs.key, pattern));
    const known = new Set(rows.map((row) => row.key));
    for (const key of found) {
      if (known.has(key)) continue;
      const reading = await readSidecar(storage, key, context.keyring);
      if (reading.state === "trusted" && reading.facts.dependencies.some((each) => going.has(each.backupId))) count += 1;
    }
  }
  return count;
}
