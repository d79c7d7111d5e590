import type { BackupKind } from "../domain/backup-state.ts";
import type { CodecPool } from "./codec-pool.ts";
import { rowsOf, type StoredPack, storePack } from "./pack-fixture.ts";
import type { PackRef } from "./port.ts";

/** A stored member and what its stream must be. */
export type ChainMember = StoredPack & { readonly kind: BackupKind; readonly bytes: Buffer };

/** Numbers from 0 to below 1, reproducible (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One thing that happens to data between two backups: an insert, a delete, an update, a truncation, growth, or something moved. */
export function editOnce(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const end = Math.min(bytes.length, at + Math.floor(random() * 20_000));
  const fresh = () => rowsOf(1 + Math.floor(random() * 6000), 1 + Math.floor(random() * 2 ** 30));
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), fresh(), bytes.subarray(at)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), fresh(), bytes.subarray(end)]);
    case 3:
      return bytes.subarray(0, Math.max(1, bytes.length - Math.floor(random() * 10_000)));
    case 4:
      return Buffer.concat([bytes, fresh()]);
    default:
      return Buffer.concat([bytes.subarray(end), bytes.subarray(at, end), bytes.subarray(0, at), bytes.subarray(at, end)]);
  }
}

/** The packs that a backup of `kind` after `chain` may refer to. */
export function baseOf(chain: readonly ChainMember[], kind: BackupKind): PackRef[] | null {
  const [full] = chain;
  const parent = chain.at(-1);
  if (kind === "full" || full === undefined || parent === undefined) return null;
  return kind === "differential" ? [full.pack] : [parent.pack, ...parent.backup.needs];
}

/** A chain of the given kinds (the first a full) over a stream that random edits change, `edits` of them before each member. */
export async function storeChain(options: {
  root: string;
  pool: CodecPool;
  seed: number;
  kinds: readonly BackupKind[];
  bytes: number;
  averageSegmentBytes: number;
  edits: number;
  /** Part of the packs' names. */
  name?: string;
}): Promise<ChainMember[]> {
  const random = seededRandom(options.seed);
  const chain: ChainMember[] = [];
  let bytes = rowsOf(options.bytes, options.seed + 1);
  for (const [at, kind] of options.kinds.entries()) {
    const edits = at === 0 ? 0 : options.edits;
    for (let edit = 0; edit < edits; edit += 1) bytes = editOnce(bytes, random);
    const { root, pool, averageSegmentBytes } = options;
    const base = baseOf(chain, kind);
    const name = `${options.name ?? "m"}${at}`;
    chain.push({ ...(await storePack({ root, name, bytes, pool, base, kind, averageSegmentBytes })), kind, bytes });
  }
  return chain;
}
