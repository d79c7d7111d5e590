import { z } from "zod";
import { backupKinds } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";
import type { SegmentPieces, SegmentTable } from "./segment-table.ts";

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().nonnegative();

/** The index's facts as JSON; the long tables are binary sections beside it. */
const packMeta = z.object({
  packId: z.string().min(1),
  backupId: z.string().min(1),
  kind: z.enum(backupKinds),
  chain: z.object({ chainId: z.string().min(1), seed: z.string().regex(/^[0-9a-f]{32}$/), averageSegmentBytes: size }),
  streams: z.array(z.object({ name: z.string().min(1), bytes: size, sha256: hex64, rootHash: hex64, segments: size })).min(1),
  /** Packs that the recipe names beside this one, as extents count them from 1 on. */
  packs: z.array(z.object({ packId: z.string().min(1), backupId: z.string().min(1), bytes: size, packSha256: hex64 })),
  /** Backups that this one needs, and why. */
  dependencies: z.array(z.object({ backupId: z.string().min(1), reason: z.enum(["packs", "combine", "wal"]) })),
});
export type PackMeta = z.infer<typeof packMeta>;

/**
 * The recipe, an extent a row: `counts` segments of a pack (0: this one; n: `meta.packs[n - 1]`) from number `firsts` on; together, in order,
 * the streams. 24 bytes an extent, however many there are.
 */
export type ExtentTable = {
  readonly count: number;
  readonly streams: Uint32Array;
  readonly packs: Uint32Array;
  readonly firsts: Uint32Array;
  readonly counts: Uint32Array;
  /** Plain bytes of the run. */
  readonly streamBytes: Float64Array;
};

export type PackIndex = { readonly meta: PackMeta; readonly segments: SegmentTable; readonly extents: ExtentTable };

const sections = { meta: 1, extents: 2, rawLengths: 3, frameLengths: 4, digests: 5 } as const;
/** A reader refuses an unknown section that has this bit, and passes over one that has not. */
const criticalBit = 0x8000_0000;
const sectionHeaderBytes = 16;
const extentBytes = 24;
const extentsAPiece = 4096;
const padded = (length: number) => Math.ceil(length / 8) * 8;

function bytesOf(table: Uint32Array): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
}

/** The rows of the recipe from `from` on, at most a piece of them. */
function encodeExtents(extents: ExtentTable, from: number): Buffer {
  const rows = Math.min(extents.count - from, extentsAPiece);
  const bytes = Buffer.alloc(rows * extentBytes);
  for (let row = 0; row < rows; row += 1) {
    const [at, to] = [from + row, row * extentBytes];
    bytes.writeUInt32LE(extents.streams[at]!, to);
    bytes.writeUInt32LE(extents.packs[at]!, to + 4);
    bytes.writeUInt32LE(extents.firsts[at]!, to + 8);
    bytes.writeUInt32LE(extents.counts[at]!, to + 12);
    writeUint53(bytes, extents.streamBytes[at]!, to + 16);
  }
  return bytes;
}

/** 64 bits in two halves: a BigInt for each of a million extents would be garbage. */
function writeUint53(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function decodeExtents(bytes: Buffer): ExtentTable {
  const count = bytes.length / extentBytes;
  const extents = {
    count,
    streams: new Uint32Array(count),
    packs: new Uint32Array(count),
    firsts: new Uint32Array(count),
    counts: new Uint32Array(count),
    streamBytes: new Float64Array(count),
  };
  for (let at = 0; at < count; at += 1) {
    const from = at * extentBytes;
    extents.streams[at] = bytes.readUInt32LE(from);
    extents.packs[at] = bytes.readUInt32LE(from + 4);
    extents.firsts[at] = bytes.readUInt32LE(from + 8);
    extents.counts[at] = bytes.readUInt32LE(from + 12);
    extents.streamBytes[at] = bytes.readUInt32LE(from + 16) + bytes.readUInt32LE(from + 20) * 2 ** 32;
  }
  return extents;
}

/** An index on its way into a pack: the tables as they were collected. */
export type IndexPieces = { readonly meta: PackMeta; readonly extents: ExtentTable; readonly segments: SegmentPieces };

/**
 * Serialises an index: sections of { type u32, reserved u32, length u64, bytes, zero padding to 8 }. The tables are not copied: an index of
 * any length is written piece by piece. `bytes` is the length of all of them.
 */
export function encodeIndexPieces({ meta, extents, segments }: IndexPieces): { bytes: number; pieces: Iterable<Uint8Array> } {
  const facts = Buffer.from(JSON.stringify(meta));
  const parts: { type: number; length: number; pieces: () => Iterable<Uint8Array> }[] = [
    { type: sections.meta, length: facts.length, pieces: () => [facts] },
    { type: sections.extents, length: extents.count * extentBytes, pieces: () => extentPieces(extents) },
    { type: sections.rawLengths, length: segments.count * 4, pieces: () => segments.rawLengths.map(bytesOf) },
    { type: sections.frameLengths, length: segments.count * 4, pieces: () => segments.frameLengths.map(bytesOf) },
    { type: sections.digests, length: segments.count * 32, pieces: () => segments.digests },
  ];
  return {
    bytes: parts.reduce((sum, { length }) => sum + sectionHeaderBytes + padded(length), 0),
    pieces: (function* () {
      for (const { type, length, pieces } of parts) {
        const header = Buffer.alloc(sectionHeaderBytes);
        header.writeUInt32LE((type | criticalBit) >>> 0, 0);
        header.writeBigUInt64LE(BigInt(length), 8);
        yield header;
        yield* pieces();
        if (padded(length) > length) yield Buffer.alloc(padded(length) - length);
      }
    })(),
  };
}

function* extentPieces(extents: ExtentTable): Iterable<Uint8Array> {
  for (let from = 0; from < extents.count; from += extentsAPiece) yield encodeExtents(extents, from);
}

/** The whole payload of an index in one piece. */
export function encodeIndex({ meta, extents, segments }: PackIndex): Buffer {
  const { count, rawLengths, frameLengths, digests } = segments;
  const pieces = { count, rawLengths: [rawLengths], frameLengths: [frameLengths], digests: [digests] };
  return Buffer.concat([...encodeIndexPieces({ meta, extents, segments: pieces }).pieces]);
}

function readSections(bytes: Buffer, damaged: (detail: string) => LifeboatError): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + sectionHeaderBytes > bytes.length) throw damaged("a section of the index is cut");
    const type = bytes.readUInt32LE(offset);
    const length = Number(bytes.readBigUInt64LE(offset + 8));
    const start = offset + sectionHeaderBytes;
    if (length > bytes.length - start) throw damaged("a section of the index is cut");
    const number = (type & ~criticalBit) >>> 0;
    const isKnown = Object.values(sections).some((known) => known === number);
    if (!isKnown && type >= criticalBit) throw new LifeboatError("format-unknown", { detail: `critical index section ${number}` });
    if (isKnown && found.has(number)) throw damaged("a section of the index stands twice");
    if (isKnown) found.set(number, bytes.subarray(start, start + length));
    offset = start + padded(length);
  }
  return found;
}

/** The section itself as 32-bit numbers, or a copy where it does not lie at a multiple of four in memory. */
function toUint32(bytes: Buffer): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

function parseMeta(bytes: Buffer, damaged: (detail: string) => LifeboatError): PackMeta {
  try {
    return packMeta.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    throw damaged("the index's facts cannot be read");
  }
}

/**
 * Reads what `encodeIndex` wrote; the tables are views of `bytes` where they can be. The caller compared its SHA-256 already; throws
 * `pack-damaged` and `format-unknown`.
 */
export function decodeIndex(bytes: Uint8Array, key: string): PackIndex {
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key, detail });
  const found = readSections(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), damaged);
  const section = (number: number): Buffer => {
    const part = found.get(number);
    if (part === undefined) throw damaged(`section ${number} of the index is missing`);
    return part;
  };
  const meta = parseMeta(section(sections.meta), damaged);
  const digests = section(sections.digests);
  const count = digests.length / 32;
  const lengths = [section(sections.rawLengths), section(sections.frameLengths)] as const;
  if (!Number.isInteger(count) || lengths.some((each) => each.length !== count * 4)) throw damaged("the index's tables differ in length");
  const extentSection = section(sections.extents);
  if (extentSection.length % extentBytes !== 0) throw damaged("the index's recipe is cut");
  const segments: SegmentTable = {
    count,
    rawLengths: toUint32(lengths[0]),
    frameLengths: toUint32(lengths[1]),
    digests: new Uint8Array(digests.buffer, digests.byteOffset, digests.length),
  };
  return { meta, segments, extents: decodeExtents(extentSection) };
}
