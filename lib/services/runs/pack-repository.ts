import type { BackupKind, StreamExtension } from "#lib/domain/backup-state";
import type { Reason } from "#lib/domain/error";
import type {
  ChainBase,
  ChainVerdict,
  CheckOutcome,
  KnownBackup,
  PackRef,
  SynthesizeRequest,
  WritePackRequest,
  WrittenPack,
} from "#lib/repository/port";
import type { BackupFacts } from "../backups/facts.ts";

export type BytesDone = (bytesDone: number) => void;

/**
 * What executors do with packs on one destination; the worker wires it from `lib/repository`. Executors know this port alone, so
 * that tests can put faults between them and the disk.
 */
export interface PackRepository {
  /** Average segment size of a new chain in bytes, from the stream's estimated size. */
  averageSegmentBytes(estimatedStreamBytes: number | null): number;
  /** Where a new pack goes; throws `invalid-input` when a part could name something else. */
  packKey(parts: {
    sourceSlug: string;
    chainId: string;
    snapshotAt: Date;
    kind: BackupKind;
    backupId: string;
    extension: StreamExtension;
  }): string;
  /**
   * Opens the packs that a member may refer to and indexes their segments. Throws `pack-missing`, `pack-truncated`, `pack-damaged` for one
   * that cannot be built upon, and `chain-too-large` { segments } when its index would not fit into the worker's memory.
   */
  openBase(packs: readonly PackRef[], signal: AbortSignal): Promise<ChainBase>;
  /** Writes a full (`base` null) or a member. */
  write(request: Omit<WritePackRequest, "storage">): Promise<WrittenPack>;
  /** Writes a full from a member's packs; throws what reading them throws, and `stream-mismatch`. */
  synthesize(request: Omit<SynthesizeRequest, "storage">): Promise<WrittenPack>;
  /** Reads a published pack back. Throws `pack-missing`, `pack-truncated`, `pack-damaged` when it is not what was written. */
  reread(
    pack: Pick<PackRef, "key" | "storedBytes" | "storedSha256">,
    signal: AbortSignal,
    onBytes?: BytesDone,
  ): Promise<{ bytes: number; sha256: string }>;
  /** Own pack's checksum, every segment of the recipe, root and flat hash. Damage is a result; throws on abort and when storage does not answer. */
  verify(
    backup: KnownBackup,
    signal: AbortSignal,
    onBytes: BytesDone,
  ): Promise<{ readonly checks: readonly CheckOutcome[]; readonly failure: Reason | null }>;
  /** Every pack once from end to end, every segment decoded once, the root hash of every member. `onBytes` counts pack bytes. */
  verifyChain(members: readonly KnownBackup[], signal: AbortSignal, onBytes: BytesDone): Promise<ChainVerdict>;
  /** Writes the stream to a new file (0600), all hashes checked; on any error the file is removed. */
  spool(backup: KnownBackup, path: string, signal: AbortSignal, onBytes: BytesDone): Promise<void>;
  /** Writes the first bytes of the stream (all of it when it is shorter) to a new file (0600); every segment is checked. */
  spoolHead(backup: KnownBackup, path: string, maxBytes: number, signal: AbortSignal): Promise<void>;
  /** Writes the signed sidecar beside the pack, replacing one that is there. */
  writeSidecar(facts: BackupFacts, token: string): Promise<void>;
  /** Says whether the sidecar is there, ours, unchanged, and tells of the same pack. */
  checkSidecar(facts: BackupFacts): Promise<CheckOutcome>;
  /** Quietly done when it is gone already. */
  removeSidecar(key: string): Promise<void>;
}
