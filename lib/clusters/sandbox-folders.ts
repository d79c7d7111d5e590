import { chmod, mkdir, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import type { OsUser } from "./os-user.ts";

/** Makes the folder of all sandboxes, and sees to it that their account can pass through its parents. Throws `sandbox-unavailable`. */
export async function makePassableRoot(root: string, user: OsUser | null): Promise<void> {
  await mkdir(root, { recursive: true, mode: user === null ? 0o700 : 0o711 });
  if (user === null) return;
  await chmod(root, 0o711);
  for (let parent = dirname(root); parent !== dirname(parent); parent = dirname(parent)) {
    if (((await stat(parent)).mode & 0o001) !== 0) continue;
    throw new LifeboatError("sandbox-unavailable", {
      detail: `the account ${user.name} cannot pass through ${parent}; allow it with: chmod o+x`,
    });
  }
}

/** The path of a socket has less than 108 bytes on Linux and 104 elsewhere (unix(7)), its name and an ending zero included. */
const longestFolder = 104 - "/.s.PGSQL.5432".length - 1;

/** `wanted`, or where its path is too long for a socket a short folder that nobody else can have made; neither is there yet, both are 0700. */
export async function makeSocketFolder(wanted: string): Promise<string> {
  if (Buffer.byteLength(wanted) > longestFolder) {
    const parent = Buffer.byteLength(tmpdir()) < 60 ? tmpdir() : "/tmp";
    return await mkdtemp(join(parent, "lifeboat-socket-"));
  }
  await mkdir(wanted, { mode: 0o700 });
  return wanted;
}
