import { ArchiveReader } from "./archive-reader.ts";
import { blockBlobs, blockData, copyEnd } from "./archive-format.ts";

/** For tests: builds small archives as pg_dump writes them, and frames real ones as PostgreSQL 19 would. */
export type FixtureTable = { schema: string; table: string; rows: readonly string[] };

const int = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};
const text = (value: string | null) => (value === null ? int(-1) : Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)]));

export type FixtureOptions = { minor?: number; frameBytes?: number; largeObjects?: readonly Buffer[] };

/** One block per row, or blocks of `frameBytes` as PostgreSQL 19 writes them. */
export function frameRows(rows: readonly string[], frameBytes?: number): Buffer {
  const parts = [...rows.map((row) => Buffer.from(`${row}\n`)), copyEnd];
  if (frameBytes === undefined) return Buffer.concat([...parts.flatMap((part) => [int(part.length), part]), int(0)]);
  return framesOf(Buffer.concat(parts), frameBytes);
}

function framesOf(data: Buffer, frameBytes: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; at += frameBytes) {
    const frame = data.subarray(at, at + frameBytes);
    frames.push(int(frame.length), frame);
  }
  return Buffer.concat([...frames, int(0)]);
}

export function buildArchive(tables: readonly FixtureTable[], options: FixtureOptions = {}): Buffer {
  const minor = options.minor ?? 14;
  const header = [Buffer.from("PGDMP"), Buffer.from([1, minor, 0, 4, 8, 1]), minor >= 15 ? Buffer.from([0]) : int(0)];
  header.push(...[1, 2, 3, 4, 5, 126, 0].map(int), text("shop"), text("15.20"), text("15.20"));
  const entry = (id: number, hasData: boolean, tag: string, description: string, namespace: string | null) =>
    Buffer.concat([
      int(id),
      int(hasData ? 1 : 0),
      text("1259"),
      text("16384"),
      text(tag),
      text(description),
      int(3),
      text("CREATE …"),
      text(""),
      text(hasData ? "COPY … FROM stdin;\n" : null),
      text(namespace),
      text(null),
      ...(minor >= 14 ? [text("heap")] : []),
      ...(minor >= 16 ? [int(114)] : []),
      text("owner"),
      text("false"),
      text("1"),
      text(null),
      Buffer.from([hasData ? 1 : 3]),
      Buffer.alloc(8),
    ]);
  const objects = options.largeObjects ?? [];
  const entries = [
    entry(1, false, "ENCODING", "ENCODING", null),
    ...tables.flatMap(({ schema, table }, index) => [
      entry(100 + index, false, table, "TABLE", schema),
      entry(1_000 + index, true, table, "TABLE DATA", schema),
    ]),
    ...(objects.length === 0 ? [] : [entry(9_000, true, "BLOBS", "BLOBS", null)]),
  ];
  const blocks = tables.map(({ rows }, index) =>
    Buffer.concat([Buffer.from([blockData]), int(1_000 + index), frameRows(rows, options.frameBytes)]),
  );
  const blobs = objects.flatMap((object, index) => [int(-(index + 1)), int(object.length), object, int(0)]);
  if (objects.length > 0) blocks.push(Buffer.concat([Buffer.from([blockBlobs]), int(9_000), ...blobs, int(0)]));
  return Buffer.concat([...header, int(entries.length), ...entries, ...blocks]);
}

/** A real archive of one row a block with its tables' data in blocks of `frameBytes`; large objects stay as they are. */
export function frameAnew(archive: Buffer, frameBytes: number): Buffer {
  const reader = new ArchiveReader();
  const [front] = reader.push(archive);
  let at = front!.cut ? 0 : front!.bytes.length;
  const parts: Buffer[] = [archive.subarray(0, at)];
  const intAt = (offset: number) => archive.readUInt32LE(offset + 1);
  while (at < archive.length) {
    const isTable = archive[at] === blockData;
    parts.push(archive.subarray(at, at + 6));
    at += 6;
    const rows: Buffer[] = [];
    for (let object = isTable ? 0 : intAt(at); ; object = intAt(at)) {
      if (!isTable) {
        parts.push(archive.subarray(at, at + 5));
        at += 5;
        if (object === 0) break;
      }
      for (let length = intAt(at); length > 0; length = intAt(at)) {
        if (isTable) rows.push(archive.subarray(at + 5, at + 5 + length));
        else parts.push(archive.subarray(at, at + 5 + length));
        at += 5 + length;
      }
      if (!isTable) parts.push(archive.subarray(at, at + 5));
      at += 5;
      if (isTable) break;
    }
    if (isTable) parts.push(framesOf(Buffer.concat(rows), frameBytes));
  }
  return Buffer.concat(parts);
}
