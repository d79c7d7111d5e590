import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { isId } from "#lib/domain/ids";
import { LifeboatError } from "#lib/domain/error";

/** Below the backups' folder: web and workers of the default group share it. Its name begins with a dot, so that it is no key of a pack. */
export const importFolderName = ".lifeboat-imports";

/** Where an upload's bytes lie: its id is its name, what people called the file never is. Throws `not-found` for anything but an id. */
export function importPath(folder: string, id: string): string {
  if (!isId("import", id)) throw new LifeboatError("not-found", { entity: "import", id: id.slice(0, 100) });
  return join(folder, id);
}

/** Room that must stay for what else is written there, in bytes. */
const reserveBytes = 64 * 1024 * 1024;

/** Throws `no-space` with numbers when `bytes` more would not fit. `folder` may not exist yet: its parent is asked then. */
export async function assertImportRoom(folder: string, bytes: number): Promise<void> {
  const facts = await statfs(folder).catch(() => statfs(join(folder, "..")).catch(() => null));
  if (facts === null) return;
  const freeBytes = facts.bavail * facts.bsize;
  const neededBytes = bytes + reserveBytes;
  if (freeBytes < neededBytes) throw new LifeboatError("no-space", { path: folder, freeBytes, neededBytes });
}
