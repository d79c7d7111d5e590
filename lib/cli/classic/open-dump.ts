import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { DatabaseProperties } from "#lib/contracts/backups";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, TableDigest } from "#lib/engines/port";
import { createCodecPool } from "#lib/repository/codec-pool";
import { createKeyring } from "#lib/secrets/keyring";
import { sniffFile, type Wrapping } from "#lib/services/imports/sniff-file";
import { zstdFrames } from "#lib/services/imports/zstd-frames";
import { decodeForeignPack } from "#lib/worker/decode-foreign-pack";
import { CommandError, exitCode } from "../exit-code.ts";
import { readRecord, recordPath } from "./record.ts";
import { unsupportedFile, unsupportedFolder } from "./unsupported.ts";

/** A dump that was checked as far as it can be, in a private copy that nobody else writes to. */
export type OpenDump = {
  readonly kind: "archive" | "script" | "pack";
  /** An archive of pg_dump, or a script, without compression. */
  readonly path: string;
  /** SHA-256 of the file as it was given. */
  readonly sha256: string;
  /** What vouches for its bytes: the record or the index beside or in it, or a checksum that was typed; null: nothing. */
  readonly vouchedBy: string | null;
  /** What a copy must hold; empty where that is not known. */
  readonly tables: readonly TableDigest[];
  readonly properties: DatabaseProperties | null;
};

type Looked = { readonly bytes: number; readonly format: "pg-custom" | "pg-plain" | "lifeboat-pack"; readonly wrapping: Wrapping };

/** What a file is, by its beginning and its end. Throws `file-missing`, `import-format-unknown`, and a usage error for what is not restored here. */
export async function lookAtDump(path: string): Promise<Looked> {
  const facts = await stat(path).catch(() => null);
  if (facts?.isDirectory() === true) throw await unsupportedFolder(path);
  if (facts === null || !facts.isFile()) throw new LifeboatError("file-missing", { path });
  if (basename(path) === "toc.dat") throw await unsupportedFolder(dirname(path));
  const sniffed = await sniffFile(path);
  if (sniffed.kind === "nothing") throw new LifeboatError("import-format-unknown", { fileName: basename(path), found: sniffed.found });
  const { format, wrapping } = sniffed;
  if (format !== "pg-custom" && format !== "pg-plain" && format !== "lifeboat-pack") throw unsupportedFile(path, format);
  return { bytes: facts.size, format, wrapping };
}

/**
 * Tells what a file is, copies it and compares checksums on the way. Throws `stream-mismatch`, `pack-damaged`, `chain-broken` { key },
 * `sidecar-untrusted`, `no-space`, `file-missing`, `import-format-unknown`.
 */
export async function openDump(path: string, expected: string | undefined, context: EngineContext): Promise<OpenDump> {
  const { bytes, format, wrapping } = await lookAtDump(path);
  if (format === "lifeboat-pack") return await openPack(path, expected, context);
  const record = await readRecord(path);
  const toPath = join(context.workDir, format === "pg-custom" ? "archive.dump" : "script.sql");
  await refuseSmall(context.workDir, Math.max(bytes, record?.archiveBytes ?? 0));
  const { sha256, archiveSha256 } = await copyOut(path, toPath, wrapping, context.signal);
  for (const wanted of [record?.sha256, expected]) if (wanted !== undefined) refuseOther(wanted, sha256);
  if (record !== null) refuseOther(record.archiveSha256, archiveSha256);
  return {
    kind: format === "pg-custom" ? "archive" : "script",
    path: toPath,
    sha256,
    vouchedBy: record !== null ? recordPath(basename(path)) : expected === undefined ? null : "--sha256",
    tables: record?.tables ?? [],
    properties: record?.properties ?? null,
  };
}

/** A pack of this or another Lifeboat, with what it needs found beside it by identity; its own index vouches for every byte. */
async function openPack(path: string, expected: string | undefined, context: EngineContext): Promise<OpenDump> {
  const toPath = join(context.workDir, "archive.dump");
  const pool = createCodecPool();
  try {
    // Without the installation's key the sidecar's signature is not looked at: it only tells names and counts here.
    const wired = { pool, keyring: createKeyring(randomBytes(32)) };
    const pack = await decodeForeignPack(wired, { path, toPath }, context);
    if (expected !== undefined) refuseOther(expected, pack.storedSha256);
    if (pack.sidecar === null && (await isThere(`${path}.json`))) throw new LifeboatError("sidecar-untrusted", { key: basename(path) });
    const inside = await sniffFile(toPath);
    if (inside.kind === "nothing") throw new LifeboatError("import-format-unknown", { fileName: basename(path), found: inside.found });
    if (inside.format !== "pg-custom") throw unsupportedFile(path, inside.format);
    const { tables = [], manifest = null } = pack.sidecar ?? {};
    return {
      kind: "pack",
      path: toPath,
      sha256: pack.storedSha256,
      vouchedBy: "its index",
      tables,
      properties: manifest?.properties ?? null,
    };
  } finally {
    await pool.close();
  }
}

const isThere = async (path: string) =>
  await access(path).then(
    () => true,
    () => false,
  );

function refuseOther(expected: string, actual: string): void {
  if (expected.toLowerCase() !== actual) throw new LifeboatError("stream-mismatch", { expected, actual });
}

async function refuseSmall(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes) throw new LifeboatError("no-space", { path: folder, freeBytes: bavail * bsize, neededBytes });
}

async function copyOut(path: string, toPath: string, wrapping: Wrapping, signal: AbortSignal) {
  const stored = createHash("sha256");
  const archive = createHash("sha256");
  const unpack = wrapping === "gzip" ? createGunzip() : wrapping === "zstd" ? createZstdDecompress() : new PassThrough();
  const tap = (hash: typeof stored) =>
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
  try {
    const target = createWriteStream(toPath, { mode: 0o600, flags: "wx" });
    const source = createReadStream(path, { highWaterMark: 1_048_576 });
    if (wrapping === "zstd") await pipeline(source, tap(stored), zstdFrames, unpack, tap(archive), target, { signal });
    else await pipeline(source, tap(stored), unpack, tap(archive), target, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LifeboatError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC")
      throw new CommandError(exitCode.failed, `no space for a private copy of ${basename(path)}; set LIFEBOAT_TEMP_DIR`);
    if (!/^(Z_|ERR_ZSTD|ZSTD)/.test(code) && wrapping === "none") throw error;
    throw new LifeboatError("stream-cut", { detail: `it cannot be unpacked (${wrapping})` }, { cause: error });
  }
  return { sha256: stored.digest("hex"), archiveSha256: archive.digest("hex") };
}
