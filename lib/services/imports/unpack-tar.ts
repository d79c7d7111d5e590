import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type ArchiveLayout, archiveMemberName, readArchiveHead, readTarHeader } from "#lib/domain/detect-format";
import { LifeboatError } from "#lib/domain/error";

const blockBytes = 512;
const headBytes = 4096;

/** What was taken out of a tar. */
export type UnpackedTar = { readonly layout: ArchiveLayout; readonly files: number };

/**
 * Takes the files of an archive out of a tar into an empty private folder: regular files alone, under plain names that pg_dump gives, each
 * once. Everything else is passed over. Throws `stream-cut` { detail } for a tar that is damaged, cut, or without `toc.dat`.
 */
export async function unpackTar(source: AsyncIterable<Uint8Array>, folder: string): Promise<UnpackedTar> {
  const tar = new TarReader(folder);
  try {
    for await (const chunk of source) await tar.push(chunk);
    return tar.result();
  } finally {
    await tar.close();
  }
}

function cut(detail: string, cause?: unknown): LifeboatError {
  return new LifeboatError("stream-cut", { detail }, { cause });
}

class TarReader {
  readonly #folder: string;
  readonly #names = new Set<string>();
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of the present file, and of what fills its last block, that are still to come. */
  #left = 0;
  #padding = 0;
  #target: FileHandle | null = null;
  #head: Buffer | null = null;
  #layout: ArchiveLayout | null = null;
  #isOver = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async push(chunk: Uint8Array): Promise<void> {
    let bytes = Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    while (bytes.length > 0 && !this.#isOver) {
      const taken = await this.#take(bytes);
      if (taken === 0) {
        this.#held = Buffer.from(bytes);
        return;
      }
      bytes = bytes.subarray(taken);
    }
  }

  result(): UnpackedTar {
    if (this.#left > 0 || (!this.#isOver && this.#held.length > 0)) throw cut("the tar ends inside a file");
    if (this.#layout === null) throw cut("the tar has no table of contents (toc.dat)");
    return { layout: this.#layout, files: this.#names.size };
  }

  async close(): Promise<void> {
    await this.#target?.close();
    this.#target = null;
  }

  /** How many of these bytes were used; none when a header is not whole yet. */
  async #take(bytes: Buffer): Promise<number> {
    if (this.#left > 0) return await this.#body(bytes.subarray(0, this.#left));
    if (this.#padding > 0) {
      const skipped = Math.min(this.#padding, bytes.length);
      this.#padding -= skipped;
      return skipped;
    }
    if (bytes.length < blockBytes) return 0;
    await this.#begin(bytes.subarray(0, blockBytes));
    return blockBytes;
  }

  async #begin(block: Buffer): Promise<void> {
    const header = headerOf(block);
    if (header === null) {
      this.#isOver = true;
      return;
    }
    this.#left = header.bytes;
    this.#padding = (blockBytes - (header.bytes % blockBytes)) % blockBytes;
    const name = header.type === "file" ? archiveMemberName(header.name) : null;
    if (name === null) return;
    if (this.#names.has(name)) throw cut(`the tar has ${name} twice`);
    this.#names.add(name);
    this.#target = await open(join(this.#folder, name), "wx", 0o600);
    this.#head = name === "toc.dat" ? Buffer.alloc(0) : null;
    if (this.#left === 0) await this.close();
  }

  async #body(piece: Buffer): Promise<number> {
    await this.#target?.writeFile(piece);
    if (this.#head !== null && this.#head.length < headBytes) this.#head = Buffer.concat([this.#head, piece.subarray(0, headBytes)]);
    this.#left -= piece.length;
    if (this.#left > 0) return piece.length;
    if (this.#head !== null) this.#layout = readArchiveHead(this.#head)?.layout ?? null;
    this.#head = null;
    await this.close();
    return piece.length;
  }
}

function headerOf(block: Buffer) {
  try {
    return readTarHeader(block);
  } catch (error) {
    throw cut(`the tar has ${(error as Error).message}`, error);
  }
}
