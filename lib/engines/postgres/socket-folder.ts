import { lstat } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";

/** True for a host that is the folder of a socket, as libpq understands it. */
export const isSocketFolder = (host: string) => host.startsWith("/");

/** Every sandbox has a folder of its own, so its port is always this one. */
export const socketPath = (folder: string, port: number) => `${folder}/.s.PGSQL.${port}`;

/**
 * Sees to it that a socket's folder is a private one of our own account (0700, no link): the only sockets that Lifeboat connects to are
 * those of its sandboxes, where nobody else can put another one in their place. Throws `connection-refused` when there is none,
 * `address-forbidden` for any other.
 */
export async function requireOwnSocketFolder(folder: string, port: number): Promise<void> {
  let facts;
  try {
    facts = await lstat(folder);
  } catch (error) {
    throw new LifeboatError("connection-refused", { host: folder, port }, { cause: error });
  }
  const isOwn = facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o077) === 0;
  if (!isOwn) throw new LifeboatError("address-forbidden", { host: folder });
}
