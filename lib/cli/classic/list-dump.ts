import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createZstdDecompress } from "node:zlib";
import { LifeboatError } from "#lib/domain/error";
import type { Written } from "./dump-file.ts";
import type { Workshop } from "./workshop.ts";

/** The table of contents stands first; most are far smaller than this. */
const headBytes = [4 * 1024 * 1024, 64 * 1024 * 1024, Infinity];

/** Lists a dump with pg_restore, as it comes back from the disk; of a compressed one its beginning is unpacked. Throws `tool-failed`. */
export async function listDump({ engine, context }: Workshop, path: string, written: Written, isCompressed: boolean): Promise<void> {
  if (!isCompressed) return void (await engine.listArchive(path, context));
  const toPath = join(context.workDir, "listed.dump");
  try {
    for (const maxBytes of headBytes) {
      await unpackHead(path, toPath, maxBytes, context.signal);
      try {
        return void (await engine.listArchive(toPath, context));
      } catch (error) {
        if (!(error instanceof LifeboatError) || error.code !== "tool-failed" || maxBytes >= written.archiveBytes) throw error;
      }
    }
  } finally {
    await rm(toPath, { force: true });
  }
}

async function unpackHead(path: string, toPath: string, maxBytes: number, signal: AbortSignal): Promise<void> {
  await using file = await open(toPath, "w", 0o600);
  const source = createReadStream(path, { signal });
  const unpack = createZstdDecompress();
  source.on("error", (error) => unpack.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of source.pipe(unpack) as AsyncIterable<Buffer>) {
      await file.writeFile(chunk);
      bytes += chunk.length;
      if (bytes >= maxBytes) break;
    }
  } finally {
    source.destroy();
    unpack.destroy();
  }
}
