import { hash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";

/** Layout: docs/format.md. All numbers little-endian. */
export const formatVersion = 1;
export const indexFrameMagic = 0x184d2a5a;
export const footerFrameMagic = 0x184d2a5b;
/** Header of a zstd skippable frame: magic and length. */
export const skippableHeaderBytes = 8;
export const footerBytes = 88;

const signature = Buffer.from("LIFEBOAT");
const checkedBytes = 80;

export type PackFooter = {
  /** Where the index's payload begins and how long it is. */
  readonly indexOffset: number;
  readonly indexBytes: number;
  /** Hex. */
  readonly indexSha256: string;
  /** Length of the whole pack with this footer. */
  readonly packBytes: number;
};

/** The header of a zstd skippable frame, which stock `zstd` passes over. */
export function skippableHeader(magic: number, payloadBytes: number): Buffer {
  const header = Buffer.alloc(skippableHeaderBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(payloadBytes, 4);
  return header;
}

export function encodeFooter(footer: PackFooter): Buffer {
  const bytes = Buffer.alloc(footerBytes);
  skippableHeader(footerFrameMagic, footerBytes - skippableHeaderBytes).copy(bytes, 0);
  signature.copy(bytes, 8);
  bytes.writeUInt16LE(formatVersion, 16);
  bytes.writeBigUInt64LE(BigInt(footer.indexOffset), 24);
  bytes.writeBigUInt64LE(BigInt(footer.indexBytes), 32);
  bytes.write(footer.indexSha256, 40, "hex");
  bytes.writeBigUInt64LE(BigInt(footer.packBytes), 72);
  hash("sha256", bytes.subarray(0, checkedBytes), "buffer").copy(bytes, checkedBytes, 0, 8);
  return bytes;
}

/**
 * Reads the last 88 bytes of a pack. Throws `pack-damaged` (not a footer, or changed), `pack-truncated` (the pack was longer when
 * it was written) and `format-unknown` (a newer version, or a critical flag that this reader does not know).
 */
export function decodeFooter(bytes: Uint8Array, key: string, packBytes: number): PackFooter {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key, detail });
  const isFooter = view.length === footerBytes && view.readUInt32LE(0) === footerFrameMagic && view.subarray(8, 16).equals(signature);
  if (!isFooter) throw damaged("no footer at the end");
  const check = hash("sha256", view.subarray(0, checkedBytes), "buffer").subarray(0, 8);
  if (!check.equals(view.subarray(checkedBytes))) throw damaged("the footer's check does not match");
  const version = view.readUInt16LE(16);
  const flags = view.readUInt32LE(20);
  if (version !== formatVersion) throw new LifeboatError("format-unknown", { detail: `pack format version ${version}` });
  if (flags !== 0) throw new LifeboatError("format-unknown", { detail: `critical flags 0x${flags.toString(16)}` });
  const footer: PackFooter = {
    indexOffset: Number(view.readBigUInt64LE(24)),
    indexBytes: Number(view.readBigUInt64LE(32)),
    indexSha256: view.toString("hex", 40, 72),
    packBytes: Number(view.readBigUInt64LE(72)),
  };
  if (footer.packBytes > packBytes) {
    throw new LifeboatError("pack-truncated", { key, expectedBytes: footer.packBytes, actualBytes: packBytes });
  }
  if (footer.packBytes !== packBytes) throw damaged(`${packBytes} bytes instead of ${footer.packBytes}`);
  if (footer.indexOffset + footer.indexBytes + footerBytes !== packBytes || footer.indexOffset < skippableHeaderBytes) {
    throw damaged("the footer's offsets do not fit");
  }
  return footer;
}
