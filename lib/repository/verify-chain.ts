import { LifeboatError, type Reason } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { outcome, packChecksumDiffers, skipped, toVerdict } from "./check-outcome.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { decodeSegments } from "./decode-segments.ts";
import { openHashedPack } from "./hashed-pack.ts";
import { assertSameChain, findNeed, type OpenMember, openOwnPack, packAsMember, resolveMember } from "./open-member.ts";
import type { ChainVerdict, CheckOutcome, KnownBackup, PackRef } from "./port.ts";
import type { OpenPack } from "./read-pack.ts";
import { rereadPack } from "./reread-pack.ts";

export type VerifyChainRequest = {
  readonly storage: Storage;
  readonly members: readonly KnownBackup[];
  readonly signal: AbortSignal;
  readonly onProgress?: (packBytes: number) => void;
  readonly pool?: CodecPool;
};

/** What was found of one pack. `opened` is null when its index could not be read. */
type PackFinding = {
  readonly ref: PackRef;
  readonly opened: OpenPack | null;
  readonly checks: readonly CheckOutcome[];
  readonly failure: LifeboatError | null;
  /** A byte a segment, 1 for a damaged one. */
  readonly damaged: Uint8Array;
  readonly damagedSegments: number;
};

/**
 * Looks at a whole chain: every pack that its members name is read once from end to end and each of its segments decoded once, also behind a
 * damaged one; then every member's root hash is compared from the tables. A member fails when its own pack is not what was stored, when a segment
 * that its recipe names is damaged, or when a pack that it needs cannot be read. Throws what is no verdict.
 */
export async function verifyChain(request: VerifyChainRequest): Promise<ChainVerdict> {
  const pool = request.pool ?? createCodecPool();
  const { members, signal } = request;
  try {
    const findings = new Map<string, PackFinding>();
    let passed = 0;
    for (const ref of members.flatMap(({ pack, needs }) => [pack, ...needs])) {
      if (findings.has(ref.packId)) continue;
      signal.throwIfAborted();
      const before = passed;
      findings.set(ref.packId, await lookAtPack(request, pool, ref, (bytes) => request.onProgress?.(before + bytes)));
      passed += ref.storedBytes;
      request.onProgress?.(passed);
    }
    return {
      packs: [...findings.values()].map(({ ref, checks, failure, damagedSegments }) => ({
        packId: ref.packId,
        backupId: ref.backupId,
        key: ref.key,
        checks,
        failure: failure?.reason ?? null,
        damagedSegments,
      })),
      members: members.map((member) => judgeMember(member, findings)),
    };
  } finally {
    if (request.pool === undefined) await pool.close();
  }
}

async function lookAtPack(
  { storage, signal }: VerifyChainRequest,
  pool: CodecPool,
  ref: PackRef,
  onBytes: (packBytes: number) => void,
): Promise<PackFinding> {
  let opened: OpenPack;
  try {
    opened = await openOwnPack(storage, ref);
  } catch (error) {
    return unreadable(storage, signal, ref, toVerdict(error));
  }
  const own = openHashedPack(storage, opened, signal);
  const member = packAsMember(opened);
  const damaged = new Uint8Array(member.segments);
  let first: LifeboatError | null = null;
  let damagedSegments = 0;
  const onDamaged = (segment: number, detail: string) => {
    damaged[segment] = 1;
    damagedSegments += 1;
    first ??= new LifeboatError("pack-damaged", { key: ref.key, detail: `segment ${segment}: ${detail}` });
  };
  try {
    const batches = decodeSegments({ storage, member, pool, signal, readOwn: (offset, into) => own.read(offset, into), onDamaged });
    for await (const batch of batches) onBytes(opened.frameOffsets[batch.to]!);
    const { sha256 } = await own.finish();
    const checksum = sha256 === ref.storedSha256 ? null : packChecksumDiffers(ref, sha256);
    const checks = [
      outcome("pack-checksum", ref.storedSha256, sha256),
      outcome("frames", String(member.segments), String(member.segments - damagedSegments)),
    ];
    return { ref, opened, checks, failure: first ?? checksum, damaged, damagedSegments };
  } catch (error) {
    return unreadable(storage, signal, ref, toVerdict(error));
  } finally {
    await own.close();
  }
}

/** No index, or the file changed while it was read. Its own checksum is still said. */
async function unreadable(storage: Storage, signal: AbortSignal, ref: PackRef, failure: LifeboatError): Promise<PackFinding> {
  const checksum = await rereadPack(storage, ref, signal).then(
    ({ sha256 }) => outcome("pack-checksum", ref.storedSha256, sha256),
    (error: unknown) => outcome("pack-checksum", ref.storedSha256, toVerdict(error).code),
  );
  const checks = [checksum, outcome("frames", "index", failure.code)];
  return { ref, opened: null, checks, failure, damaged: new Uint8Array(0), damagedSegments: 0 };
}

type MemberVerdict = ChainVerdict["members"][number];

function judgeMember(backup: KnownBackup, findings: ReadonlyMap<string, PackFinding>): MemberVerdict {
  const { backupId, stream } = backup;
  const own = findings.get(backup.pack.packId)!;
  const checksum = own.checks.filter((check) => check.code === "pack-checksum");
  const unread = (failure: Reason, frames: string, root = skipped("root-hash", stream.rootHash)): MemberVerdict => {
    const checks = [...checksum, outcome("frames", "index", frames), root, skipped("stream-checksum", stream.sha256)];
    return { backupId, checks, failure };
  };
  if (own.opened === null) return unread(own.failure!.reason, own.failure!.code);
  let member: OpenMember;
  try {
    member = resolveMember(backup, own.opened, neededPacks(backup, own.opened, findings));
  } catch (error) {
    const { reason, code, params } = toVerdict(error);
    if (code !== "stream-mismatch") return unread(reason, code);
    return unread(own.failure?.reason ?? reason, "index", outcome("root-hash", stream.rootHash, String(params["actual"])));
  }
  const { first, count } = damageOf(member, findings);
  const checks = [
    ...checksum,
    outcome("frames", String(member.segments), String(member.segments - count)),
    outcome("root-hash", stream.rootHash, member.stream.rootHash),
    skipped("stream-checksum", stream.sha256),
  ];
  return { backupId, checks, failure: (own.failure ?? first)?.reason ?? null };
}

/** The packs that the index names, opened. Throws `chain-broken` for one that is missing, unreadable or another one. */
function neededPacks(backup: KnownBackup, own: OpenPack, findings: ReadonlyMap<string, PackFinding>): OpenPack[] {
  return own.meta.packs.map((named) => {
    const ref = findNeed(backup, named);
    const found = findings.get(ref.packId);
    if (found === undefined || found.opened === null) throw new LifeboatError("chain-broken", { key: ref.key });
    assertSameChain(own, found.opened, ref);
    return found.opened;
  });
}

/** The damaged segments that a recipe names, and the first of them. */
function damageOf(member: OpenMember, findings: ReadonlyMap<string, PackFinding>): { first: LifeboatError | null; count: number } {
  const found = member.packs.map((pack) => findings.get(pack.meta.packId)!);
  let first: LifeboatError | null = null;
  let count = 0;
  for (let at = 0; at < member.segments; at += 1) {
    const finding = found[member.packOf[at]!]!;
    if (finding.damaged[member.segmentOf[at]!] !== 1) continue;
    count += 1;
    first ??= new LifeboatError("pack-damaged", {
      key: finding.ref.key,
      detail: `segment ${member.segmentOf[at]!}, which it needs, cannot be decoded`,
    });
  }
  return { first, count };
}
