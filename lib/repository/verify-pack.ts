import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import type { CheckOutcome } from "./port.ts";
import { type ExpectedStream, findStream, type OpenPack, openPack } from "./read-pack.ts";
import { type ExpectedPack, rereadPack } from "./reread-pack.ts";
import { scanPack, type ScanResult } from "./scan-pack.ts";

export type VerifyRequest = {
  readonly storage: Storage;
  readonly pack: ExpectedPack;
  readonly stream: ExpectedStream;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { packBytes: number; streamBytes: number }) => void;
  readonly pool?: CodecPool;
};

/** `failure` is the first thing found wrong, null when everything passed. Its code: pack-missing, -truncated, -damaged or stream-mismatch. */
export type VerifyResult = { readonly checks: readonly CheckOutcome[]; readonly failure: Reason | null };

/** Codes that say something about the pack; anything else (no permission, an abort, a bug) is not a verdict and is thrown. */
const verdictCodes = new Set(["pack-missing", "pack-truncated", "pack-damaged", "stream-mismatch", "format-unknown"]);

function toVerdict(error: unknown): LifeboatError {
  if (error instanceof LifeboatError && verdictCodes.has(error.code)) return error;
  throw error;
}

/**
 * Looks at everything: SHA-256 and length of the file, every frame, every segment's SHA-256, the root hash and the flat hash, in
 * one pass. Damage is a result, not an error; throws what is no verdict (`permission-denied`, `io-error`, the signal's reason).
 */
export async function verifyPack(request: VerifyRequest): Promise<VerifyResult> {
  const pool = request.pool ?? createCodecPool();
  try {
    return await verify(request, pool);
  } finally {
    if (request.pool === undefined) await pool.close();
  }
}

async function verify({ storage, pack: expected, stream, signal, onProgress }: VerifyRequest, pool: CodecPool): Promise<VerifyResult> {
  let opened: OpenPack;
  try {
    opened = await openPack(storage, expected.key, expected.storedBytes);
    findStream(opened, stream.name, null);
  } catch (error) {
    return unreadable(storage, expected, stream, signal, toVerdict(error));
  }
  let scan: ScanResult;
  try {
    scan = await scanPack({ storage, pack: opened, pool, signal, onProgress });
  } catch (error) {
    return unreadable(storage, expected, stream, signal, toVerdict(error));
  }
  const found = findStream(opened, stream.name, null);
  const flat = scan.streams?.find((each) => each.name === stream.name)?.sha256 ?? null;
  const intact = scan.packSha256 === expected.storedSha256;
  const frames = String(opened.segments.count);
  const checks: CheckOutcome[] = [
    outcome("pack-checksum", expected.storedSha256, scan.packSha256),
    outcome("frames", frames, String(scan.segmentsDecoded)),
    outcome("root-hash", stream.rootHash, found.rootHash),
    flat === null ? skipped("stream-checksum", stream.sha256) : outcome("stream-checksum", stream.sha256, flat),
  ];
  const checksum = new LifeboatError("pack-damaged", {
    key: expected.key,
    detail: `SHA-256 ${scan.packSha256} instead of ${expected.storedSha256}`,
  });
  const differs = checks.find((check) => check.verdict === "failed" && (check.code === "root-hash" || check.code === "stream-checksum"));
  const mismatch = differs && new LifeboatError("stream-mismatch", { expected: differs.expected, actual: differs.actual });
  const first = scan.failure ?? (intact ? mismatch : checksum) ?? null;
  return { checks, failure: first === null ? null : reasonOf(first) };
}

/** The index could not be used: the file's own checksum is still said, the rest is skipped. */
async function unreadable(
  storage: Storage,
  expected: ExpectedPack,
  stream: ExpectedStream,
  signal: AbortSignal,
  error: LifeboatError,
): Promise<VerifyResult> {
  const checksum = await rereadPack(storage, expected, signal).then(
    ({ sha256 }) => outcome("pack-checksum", expected.storedSha256, sha256),
    (reread: unknown) => outcome("pack-checksum", expected.storedSha256, toVerdict(reread).code),
  );
  const frames: CheckOutcome = { code: "frames", verdict: "failed", expected: "index", actual: error.code };
  return {
    checks: [checksum, frames, skipped("root-hash", stream.rootHash), skipped("stream-checksum", stream.sha256)],
    failure: error.reason,
  };
}

function outcome(code: CheckOutcome["code"], expected: string, actual: string): CheckOutcome {
  return { code, verdict: expected === actual ? "passed" : "failed", expected, actual };
}

function skipped(code: CheckOutcome["code"], expected: string): CheckOutcome {
  return { code, verdict: "skipped", expected, actual: "" };
}
