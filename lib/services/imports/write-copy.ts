import { open } from "node:fs/promises";

/** Writes bytes into a new file (0600); returns how many there were. The caller's folder is private and goes with the run. */
export async function writeCopy(chunks: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  const file = await open(path, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
