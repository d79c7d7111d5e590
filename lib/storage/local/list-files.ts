import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StoredObject } from "../port.ts";

/** Every regular file below `root` whose key begins with `prefix`, in key order; names that begin with a dot are not keys. */
export async function* listFiles(root: string, prefix: string, folder = ""): AsyncIterable<StoredObject> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const keys = entries
    .filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || entry.isFile()))
    .map((entry) => ({ isFolder: entry.isDirectory(), key: `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, isFolder } of keys) {
    if (isFolder) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* listFiles(root, prefix, key);
      continue;
    }
    if (!key.startsWith(prefix)) continue;
    const facts = await lstat(join(root, key)).catch(() => null);
    if (facts !== null) yield { key, bytes: facts.size };
  }
}
