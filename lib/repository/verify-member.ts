import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { outcome, packChecksumDiffers, skipped, toVerdict } from "./check-outcome.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { type OpenMember, openMember } from "./open-member.ts";
import type { CheckOutcome, KnownBackup } from "./port.ts";
import { type Rebuilt, rebuildStream } from "./rebuild-stream.ts";
import { rereadPack } from "./reread-pack.ts";

export type VerifyRequest = {
  readonly storage: Storage;
  readonly backup: KnownBackup;
  readonly signal: AbortSignal;
  readonly onProgress?: (streamBytes: number) => void;
  readonly pool?: CodecPool;
};

/** `failure` is the first thing found wrong, null when everything passed: pack-missing, -truncated, -damaged, chain-broken or stream-mismatch. */
export type VerifyResult = { readonly checks: readonly CheckOutcome[]; readonly failure: Reason | null };

/**
 * Looks at everything that a backup is rebuilt from, in one pass: SHA-256 and length of its own pack's file, every segment of its recipe in whatever pack,
 * the root hash and the flat hash. Damage is a result, not an error; throws what is no verdict (`permission-denied`, `io-error`, the signal's reason).
 */
export async function verifyMember(request: VerifyRequest): Promise<VerifyResult> {
  const pool = request.pool ?? createCodecPool();
  try {
    return await verify(request, pool);
  } finally {
    if (request.pool === undefined) await pool.close();
  }
}

async function verify({ storage, backup, signal, onProgress }: VerifyRequest, pool: CodecPool): Promise<VerifyResult> {
  const { pack, stream } = backup;
  let member: OpenMember;
  let rebuilt: Rebuilt;
  try {
    member = await openMember(storage, backup);
    rebuilt = await rebuildStream({ storage, member, pool, signal, onProgress });
  } catch (error) {
    return unreadable(storage, backup, signal, toVerdict(error));
  }
  const checks: CheckOutcome[] = [
    outcome("pack-checksum", pack.storedSha256, rebuilt.packSha256),
    outcome("frames", String(member.segments), String(rebuilt.segmentsDecoded)),
    // Compared when the member was opened, over the tables of all its packs.
    outcome("root-hash", stream.rootHash, member.stream.rootHash),
    rebuilt.sha256 === null ? skipped("stream-checksum", stream.sha256) : outcome("stream-checksum", stream.sha256, rebuilt.sha256),
  ];
  const checksum = rebuilt.packSha256 === pack.storedSha256 ? null : packChecksumDiffers(pack, rebuilt.packSha256);
  const flat = rebuilt.sha256 ?? stream.sha256;
  const mismatch = flat === stream.sha256 ? null : new LifeboatError("stream-mismatch", { expected: stream.sha256, actual: flat });
  const first = rebuilt.failure ?? checksum ?? mismatch;
  return { checks, failure: first === null ? null : reasonOf(first) };
}

/** The recipe could not be used: the own file's checksum is still said, the rest is skipped. */
async function unreadable(
  storage: Storage,
  { pack, stream }: KnownBackup,
  signal: AbortSignal,
  error: LifeboatError,
): Promise<VerifyResult> {
  const checksum = await rereadPack(storage, pack, signal).then(
    ({ sha256 }) => outcome("pack-checksum", pack.storedSha256, sha256),
    (reread: unknown) => outcome("pack-checksum", pack.storedSha256, toVerdict(reread).code),
  );
  const isOther = error.code === "stream-mismatch";
  const frames = isOther ? skipped("frames", "index") : outcome("frames", "index", error.code);
  const root = isOther ? outcome("root-hash", stream.rootHash, String(error.params["actual"])) : skipped("root-hash", stream.rootHash);
  // A file that is not the one that was stored is the nearer cause of what it gives.
  const isDamaged = isOther && checksum.verdict === "failed";
  const failure = isDamaged ? packChecksumDiffers(pack, checksum.actual).reason : error.reason;
  return { checks: [checksum, frames, root, skipped("stream-checksum", stream.sha256)], failure };
}
