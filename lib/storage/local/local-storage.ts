import { randomBytes } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { toFileError } from "../file-error.ts";
import type { Storage } from "../port.ts";
import { assertStorageKey, assertToken } from "../storage-key.ts";
import { listFiles } from "./list-files.ts";
import { openLocalWriter } from "./local-writer.ts";
import { publishFile, removeFile } from "./publish-file.ts";
import { readRange, readRangeUncached } from "./read-range.ts";
import { readUncached } from "./read-uncached.ts";

const markerName = ".lifeboat-installation";
const incomingName = ".incoming";

/**
 * A folder as a destination. Files are 0600, folders 0700. Writes go to `.incoming/<token>~<random>` (the same file system),
 * so that a failed run leaves nothing beside good backups and a sweep reads one folder only.
 */
export function createLocalStorage(options: { root: string }): Storage {
  const root = resolve(options.root);
  const incoming = join(root, incomingName);
  const pathOf = (key: string) => {
    assertStorageKey(key);
    return join(root, key);
  };
  /** Runs a file operation; its errno becomes a `LifeboatError` about `path`. */
  const guard = async <T>(path: string, key: string | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await toFileError(error, { path, folder: root, neededBytes: 0, key });
    }
  };
  return {
    prepare: (installationId, prepareOptions) =>
      guard(root, undefined, () => prepareFolder(root, installationId, prepareOptions?.createMarker ?? true)),
    async create(key, token, createOptions) {
      const path = pathOf(key);
      assertToken(token);
      await guard(root, undefined, () => mkdir(incoming, { recursive: true, mode: 0o700 }));
      const temporary = join(incoming, `${token}~${randomBytes(6).toString("hex")}`);
      return openLocalWriter({ root, path, temporary, replace: createOptions?.replace ?? false });
    },
    async readRange(key, offset, length, readOptions) {
      const path = pathOf(key);
      const read = readOptions?.uncached === true ? readRangeUncached : readRange;
      return guard(path, key, () => read({ path, key, offset, length, into: readOptions?.into }));
    },
    async *readAll(key, signal) {
      const path = pathOf(key);
      try {
        yield* readUncached(path, signal);
      } catch (error) {
        throw await toFileError(error, { path, folder: root, neededBytes: 0, key });
      }
    },
    async stat(key) {
      const path = pathOf(key);
      return guard(path, undefined, async () => {
        try {
          const facts = await stat(path);
          return facts.isFile() ? { key, bytes: facts.size } : null;
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code;
          if (code === "ENOENT" || code === "ENOTDIR") return null;
          throw error;
        }
      });
    },
    async remove(key) {
      const path = pathOf(key);
      await guard(path, undefined, () => removeFile({ root, path }));
    },
    async *list(prefix) {
      try {
        yield* listFiles(root, prefix);
      } catch (error) {
        throw await toFileError(error, { path: root, folder: root, neededBytes: 0 });
      }
    },
    sweep: (isLeftover) => guard(incoming, undefined, () => sweepFolder(incoming, isLeftover)),
    space: () =>
      guard(root, undefined, async () => {
        const facts = await statfs(root);
        return { freeBytes: facts.bavail * facts.bsize, totalBytes: facts.blocks * facts.bsize };
      }),
  };
}

async function sweepFolder(incoming: string, isLeftover: (token: string) => boolean): Promise<string[]> {
  const names = await readdir(incoming).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const swept: string[] = [];
  for (const name of names) {
    if (!isLeftover(name.slice(0, Math.max(0, name.lastIndexOf("~"))))) continue;
    await rm(join(incoming, name), { force: true });
    swept.push(name);
  }
  return swept;
}

async function readMarker(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function prepareFolder(root: string, installationId: string, createMarker: boolean): Promise<void> {
  const marker = join(root, markerName);
  if (createMarker) {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await mkdir(join(root, incomingName), { recursive: true, mode: 0o700 });
    if ((await readMarker(marker)) === null) await writeMarker(root, marker, installationId);
  }
  const found = await readMarker(marker);
  if (found === null) throw new LifeboatError("destination-unmarked", { path: root, marker, installationId });
  // Exactly as it was written: whatever else stands there was not put there by us.
  if (found !== `${installationId}\n`) throw new LifeboatError("destination-foreign", { path: root });
}

async function writeMarker(root: string, marker: string, installationId: string): Promise<void> {
  const temporary = join(root, incomingName, `marker~${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(temporary, `${installationId}\n`, { mode: 0o600, flag: "wx", flush: true });
    await publishFile({ root, from: temporary, to: marker, replace: false });
  } catch (error) {
    // Another process was first; whose marker it is decides the comparison after this.
    if (!(error instanceof LifeboatError)) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
