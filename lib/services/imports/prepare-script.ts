import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { scriptVersions } from "#lib/domain/detect-format";
import { LifeboatError } from "#lib/domain/error";
import { type ScriptFacts, ScriptScanner } from "#lib/domain/script-scan";
import { missingEnd } from "#lib/domain/script-scan-end";
import { majorOf } from "#lib/domain/tool-choice";
import type { OpenSnapshot } from "#lib/engines/port";
import type { RunWork } from "../runs/work.ts";
import { hashing, type OpenImport, unwrap } from "./open-import.ts";
import type { ImportSandbox } from "./ports.ts";
import { freeBytesOf } from "./prepare-file.ts";
import { type Sniffed } from "./sniff-file.ts";
import { unpackTar } from "./unpack-tar.ts";
import { watchSpace } from "./watch-space.ts";

type Format = Extract<Sniffed, { kind: "format" }>;

/** What a script was found to be before a line of it ran. */
export type ScannedScript = {
  readonly facts: ScriptFacts;
  readonly sha256: string;
  /** The lowest major version of a server that may understand it. */
  readonly major: number;
};

const lowestMajor = 14;
const headBytes = 65_536;

/** Reads a script from its first byte to its last. Throws `script-forbidden` { line, detail }, `stream-cut`, `no-space`. */
export async function scanScript(work: RunWork, opened: OpenImport, { wrapping }: Format): Promise<ScannedScript> {
  const scanner = new ScriptScanner();
  const source = hashing(opened.read(work.signal), progressOf(work, opened));
  let head = Buffer.alloc(0);
  for await (const chunk of unwrap(source.chunks, wrapping, bound(work))) {
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
    scanner.push(chunk);
  }
  const { facts } = scanner.end();
  if (facts.isCut) throw new LifeboatError("stream-cut", { detail: missingEnd });
  const { server, tool } = scriptVersions(head.toString("utf8"));
  return { facts, sha256: source.digest(), major: Math.max(lowestMajor, majorOf(server) ?? 0, majorOf(tool) ?? 0) };
}

/** Runs the script that was scanned: the very same bytes, or `file-changed`. */
export async function runScanned(
  work: RunWork,
  opened: OpenImport,
  { wrapping }: Format,
  { facts, sha256 }: ScannedScript,
  sandbox: ImportSandbox,
): Promise<void> {
  const scanner = new ScriptScanner();
  const source = hashing(opened.read(work.signal), progressOf(work, opened));
  const script = async function* () {
    // Held back by one piece: the last one goes out when all of it is known to be what was scanned.
    let held: Uint8Array[] = [];
    for await (const chunk of unwrap(source.chunks, wrapping, bound(work, sandbox.inbox))) {
      yield* held;
      held = scanner.push(chunk);
    }
    const { chunks } = scanner.end();
    if (source.digest() !== sha256) throw new LifeboatError("file-changed", { path: opened.path });
    yield* held;
    yield* chunks;
  };
  await watchSpace(bound(work, sandbox.inbox), work.engineContext, (context) => sandbox.runScript(script(), facts, context));
}

/** Takes an archive out of its tar and restores it in the sandbox. Returns the SHA-256 of the tar as it came. */
export async function restoreTar(work: RunWork, opened: OpenImport, { wrapping }: Format, sandbox: ImportSandbox): Promise<string> {
  const source = hashing(opened.read(work.signal), progressOf(work, opened));
  const folder = join(sandbox.inbox, "archive");
  await mkdir(folder, { mode: 0o700 });
  const { layout } = await unpackTar(unwrap(source.chunks, wrapping, bound(work, sandbox.inbox)), folder);
  // The end of a tar may be followed by bytes that nobody reads: they count for the digest of the file all the same.
  for await (const chunk of source.chunks) void chunk;
  const sha256 = source.digest();
  // pg_dump marks both of its other layouts the same way, and reads a folder of either.
  if (layout === "custom") throw new LifeboatError("stream-cut", { detail: "toc.dat is an archive of another layout" });
  await watchSpace(bound(work, sandbox.inbox), work.engineContext, (context) => sandbox.restoreArchive(folder, context));
  return sha256;
}

/** The database that came out, as any other snapshot; its time is that of the file, and what the sandbox made up about it is left out. */
export async function snapshotSandbox(work: RunWork, sandbox: ImportSandbox, takenAt: Date, role: string): Promise<OpenSnapshot> {
  const { address, database } = sandbox;
  const request = { address, database, excludedSchemas: [], excludedTables: [], lockWaitSeconds: 30 };
  const snapshot = await work.deps.engine.snapshot(request, work.engineContext);
  const note = `loaded in a sandbox of PostgreSQL ${sandbox.serverVersion}; what no statement gave to a role belongs to ${role}`;
  return {
    ...snapshot,
    snapshotAt: takenAt,
    finish: async () => {
      const result = await snapshot.finish();
      const manifest = { ...result.manifest, properties: null, globalsSql: null };
      return { ...result, manifest, warnings: [...result.warnings.filter((text) => !/pg_dumpall|roles and tablespaces/.test(text)), note] };
    },
  };
}

function progressOf({ reporter }: RunWork, { bytes }: OpenImport) {
  return (bytesDone: number) => reporter.progress({ bytesDone, bytesTotal: bytes });
}

/** A server's data take more room than the text they come from: the disk is looked at while they are loaded. */
function bound({ engineContext }: RunWork, path = engineContext.workDir) {
  return { path, freeBytes: () => freeBytesOf(path) };
}
