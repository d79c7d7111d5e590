import { createReadStream, createWriteStream } from "node:fs";
import { createHash } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { pipeline } from "node:stream/promises";
import { LifeboatError } from "#lib/domain/error";
import { ProblemError, toProblem } from "#lib/http/client";
import type { Session } from "./session.ts";
import { progressBar } from "./terminal.ts";
import { waitFor } from "./wait.ts";

export type Downloaded = { readonly bytes: number; readonly sha256: string; readonly resumedFrom: number };

/** Tries in a row that brought no byte. */
const mostFailures = 6;

/**
 * Downloads a file beside its name, goes on where an earlier try (of this or another call) ended, reads the whole of it again and compares its
 * SHA-256 with the one that the server named. Throws `stream-mismatch` (the part is removed then), `ProblemError`.
 */
export async function downloadFile(session: Session, path: string, out: string): Promise<Downloaded> {
  const part = `${out}.part`;
  const resumedFrom = await keptBytes(part);
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      const { etag, bytes } = await fetchRest(session, path, part);
      const sha256 = await hashOf(part, session.signal);
      if (sha256 !== etag) {
        await forget(part);
        throw new LifeboatError("stream-mismatch", { expected: etag, actual: sha256 });
      }
      await rename(part, out);
      await rm(markOf(part), { force: true });
      return { bytes, sha256, resumedFrom };
    } catch (error) {
      if (session.signal.aborted || !isOfTheLine(error)) throw error;
      failures = (await sizeOf(part)) > before ? 0 : failures + 1;
      if (failures >= mostFailures) throw error;
      session.terminal.progress("the connection broke; going on …");
      await waitFor(Math.min(10_000, 250 * 2 ** failures), session.signal);
    } finally {
      session.terminal.endProgress();
    }
  }
}

const markOf = (part: string) => `${part}.etag`;

/** A part without the name of what it is a part of is worth nothing. */
async function keptBytes(part: string): Promise<number> {
  const bytes = await sizeOf(part);
  if (bytes > 0 && (await readMark(part)) !== null) return bytes;
  await forget(part);
  return 0;
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(markOf(part), { force: true });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function readMark(part: string): Promise<string | null> {
  const text = await readFile(markOf(part), "utf8").catch(() => "");
  return /^[0-9a-f]{64}$/.test(text.trim()) ? text.trim() : null;
}

function isOfTheLine(error: unknown): boolean {
  if (error instanceof ProblemError) return error.code === "web-unreachable";
  return (
    error instanceof TypeError || /^(ECONN|EPIPE|UND_ERR|ERR_STREAM_PREMATURE_CLOSE)/.test((error as NodeJS.ErrnoException).code ?? "")
  );
}

async function fetchRest(session: Session, path: string, part: string): Promise<{ etag: string; bytes: number }> {
  const have = await sizeOf(part);
  const mark = await readMark(part);
  const range: Record<string, string> = have > 0 && mark !== null ? { range: `bytes=${have}-`, "if-range": `"${mark}"` } : {};
  const { headers, signal } = session;
  const response = await fetch(`${session.baseUrl}${path}`, { headers: { ...headers, ...range }, redirect: "error", signal }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw new ProblemError(toProblem(0, null), { cause });
    },
  );
  // All of it is here already.
  if (response.status === 416 && mark !== null && have > 0) {
    await response.body?.cancel();
    return { etag: mark, bytes: have };
  }
  if (!response.ok) throw new ProblemError(toProblem(response.status, await response.json().catch(() => null)));
  const etag = /^"([0-9a-f]{64})"$/.exec(response.headers.get("etag") ?? "")?.[1];
  if (etag === undefined || response.body === null) throw new LifeboatError("format-unknown", { detail: "a download without a checksum" });
  const isRest = response.status === 206;
  if (!isRest) await writeFile(markOf(part), etag, { mode: 0o600 });
  const begin = isRest ? have : 0;
  const total = begin + Number(response.headers.get("content-length"));
  const target = createWriteStream(part, { flags: isRest ? "a" : "w", mode: 0o600, flush: true });
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), told(session, begin, total), target, { signal });
  const bytes = await sizeOf(part);
  if (bytes < total) throw new TypeError("the answer ended early");
  return { etag, bytes };
}

function told({ terminal }: Session, begin: number, total: number) {
  let bytes = begin;
  let toldAt = 0;
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      yield chunk;
      bytes += chunk.length;
      if (performance.now() - toldAt < 200) continue;
      toldAt = performance.now();
      terminal.progress(progressBar("download", bytes, total));
    }
  };
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576, signal })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
