import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, lstat, mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { constants, createZstdCompress } from "node:zlib";
import { LifeboatError } from "#lib/domain/error";
import { toFileError } from "#lib/storage/file-error";

export type Written = { readonly bytes: number; readonly sha256: string; readonly archiveBytes: number; readonly archiveSha256: string };

/** A dump that is being written beside its name; exactly one of `publish` and `discard` ends it. */
export type DumpFile = {
  readonly write: (chunks: AsyncIterable<Uint8Array>, isCompressed: boolean) => Promise<Written>;
  /** Reads every byte again from the disk. Throws `stream-mismatch`. */
  readonly reread: (written: Written) => Promise<void>;
  readonly temporary: string;
  readonly publish: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** Opens a new file (0600) that gets its name only when all is well. Throws `file-exists` { path }, `no-space`. */
export async function openDumpFile(path: string, estimatedBytes: number | null): Promise<DumpFile> {
  const folder = dirname(path);
  // Every container has a process of this id: the random part is what tells them apart.
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(3).toString("hex")}.partial`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (await exists(path)) throw new LifeboatError("file-exists", { path });
  await sweepPartials(path);
  const { bavail, bsize } = await statfs(folder);
  if (estimatedBytes !== null && bavail * bsize < estimatedBytes && !path.endsWith(".zst"))
    throw new LifeboatError("no-space", { path: folder, freeBytes: bavail * bsize, neededBytes: estimatedBytes });
  const file = await open(temporary, "wx", 0o600);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    temporary,
    write: async (chunks, isCompressed) => {
      const archive = createHash("sha256");
      const stored = createHash("sha256");
      let archiveBytes = 0;
      let bytes = 0;
      const counted = async function* () {
        for await (const chunk of chunks) {
          archive.update(chunk);
          archiveBytes += chunk.length;
          yield chunk;
        }
      };
      try {
        for await (const chunk of isCompressed ? compressed(counted()) : counted()) {
          stored.update(chunk);
          bytes += chunk.length;
          await file.writeFile(chunk);
        }
        await file.sync();
      } catch (error) {
        throw await toFileError(error, { path: temporary, folder, neededBytes: 0 });
      }
      return { bytes, sha256: stored.digest("hex"), archiveBytes, archiveSha256: archive.digest("hex") };
    },
    reread: async (written) => {
      await close();
      const actual = await sha256Of(temporary);
      if (actual !== written.sha256) throw new LifeboatError("stream-mismatch", { expected: written.sha256, actual });
    },
    publish: async () => {
      await close();
      await nameIt(temporary, path);
    },
    discard: async () => {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Removes what killed calls of this account left of the same name: whole dumps, perhaps. A process id says nothing about another host or container,
 * but a dump that was not written to for a day is nobody's: one that stalls is ended long before.
 */
async function sweepPartials(path: string): Promise<void> {
  const begin = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    if (!name.startsWith(begin) || !/^\d+(-[0-9a-f]+)?\.partial$/.test(name.slice(begin.length))) continue;
    const partial = join(dirname(path), name);
    const facts = await lstat(partial).catch(() => null);
    if (facts?.isFile() !== true || facts.uid !== process.getuid?.() || Date.now() - facts.mtimeMs < dayMs) continue;
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

/** A frame with a checksum. The chunks are copied: their owner may use the memory again while the compressor still reads it. */
function compressed(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const copies = async function* () {
    for await (const chunk of chunks) yield Buffer.from(chunk);
  };
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const source = Readable.from(copies(), { objectMode: false });
  source.on("error", (error) => compress.destroy(error));
  return source.pipe(compress);
}

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576, ...(signal === undefined ? {} : { signal }) }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** By a link, which never replaces a file that came meanwhile; where the file system has none, by a rename. */
async function nameIt(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await rm(from);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new LifeboatError("file-exists", { path: to }, { cause: error });
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error;
    if (await exists(to)) throw new LifeboatError("file-exists", { path: to });
    await rename(from, to);
  }
  const folder = await open(dirname(to), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
