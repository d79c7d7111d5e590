import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { downloadBackup } from "#lib/contracts/backups";
import { LifeboatError } from "#lib/domain/error";
import { mayResume, parseRange, type RequestedRange } from "#lib/http/byte-range";
import { attachment } from "#lib/http/content-disposition";
import { parseRequest } from "#lib/http/parse-request";
import { answerHeaders } from "#lib/http/problem";
import { admit } from "#lib/http/route";
import type { Runtime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { type CodecPool } from "#lib/repository/codec-pool";
import { openStoredBackup, openStoredPack, type StoredFile } from "#lib/repository/open-stored-backup";
import { type Download, downloadLeaseMs, openDownload } from "#lib/services/backups/open-download";
import type { Storage } from "#lib/storage/port";

export type DownloadDeps = {
  readonly runtime: Runtime;
  /** The destination; its marker is checked by whoever opened it. */
  readonly storage: () => Promise<Storage>;
  readonly pool: CodecPool;
};

export type DownloadRequest = {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: Request;
  readonly id: string;
  readonly address: string;
  readonly requestId: string;
};

/** Outcome for the log: bytes of the body that were handed to the socket. */
export type Served = { readonly status: number; readonly actor: string | null; readonly bytes: number };

/**
 * Serves one backup's file with `Content-Length` and `Range`. The caller is identified here, for this request; the chain is held while bytes
 * flow; a reader that leaves ends the decoding. Throws before the first byte, so that a problem can be answered; after it, damage can only
 * be told by closing the connection early.
 */
export async function serveDownload(deps: DownloadDeps, received: DownloadRequest): Promise<Served> {
  const { runtime } = deps;
  const { request, response, incoming } = received;
  const actor = await admit(downloadBackup, request.headers, runtime);
  const { input } = await parseRequest(downloadBackup, request, { id: received.id });
  const context = serviceContext(runtime, actor, { address: received.address, requestId: received.requestId });
  const isProbe = incoming.method === "HEAD";
  const download = await openDownload(context, input, { isProbe });
  try {
    const isDump = input.query.format === "dump";
    const stored = await open(deps, download, isDump);
    const sizeBytes = stored.bytes;
    const etag = `"${isDump ? download.streamSha256 : download.pack.storedSha256}"`;
    const range = isProbe || !mayResume(request.headers.get("if-range"), etag) ? whole : parseRange(incoming.headers.range, sizeBytes);
    if (range.kind === "outside") throw new LifeboatError("range-not-satisfiable", { sizeBytes });
    const part = range.kind === "part" ? range : { offset: 0, length: sizeBytes };
    const headers = {
      ...answerHeaders(received.requestId),
      "content-type": isDump ? "application/octet-stream" : "application/zstd",
      "content-disposition": attachment(download.fileName),
      "content-length": part.length,
      "accept-ranges": "bytes",
      etag,
      ...(range.kind === "part" ? { "content-range": `bytes ${part.offset}-${part.offset + part.length - 1}/${sizeBytes}` } : {}),
    };
    const status = range.kind === "part" ? 206 : 200;
    if (isProbe) {
      response.writeHead(status, headers).end();
      return { status, actor: actor.id, bytes: 0 };
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    const signal = AbortSignal.any([left.signal, runtime.stopping]);
    const bytes = range.kind === "part" ? part : undefined;
    const source = stored.read(bytes, signal);
    await send(download, { response, source, signal, begin: () => void response.writeHead(status, headers) });
    return { status, actor: actor.id, bytes: part.length };
  } finally {
    await download.release();
  }
}

const whole: RequestedRange = { kind: "whole" };

async function open({ storage, pool }: DownloadDeps, { pack, known }: Download, isDump: boolean): Promise<StoredFile> {
  return isDump
    ? openStoredBackup({ storage: await storage(), backup: known(), pool })
    : openStoredPack({ storage: await storage(), pack });
}

type Sending = { response: ServerResponse; source: AsyncIterable<Uint8Array>; signal: AbortSignal; begin: () => void };

/** The first piece is decoded before the headers go out: a missing or damaged pack is then a problem, not half a file. */
async function send(download: Download, { response, source, signal, begin }: Sending): Promise<void> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  begin();
  const lost = new AbortController();
  const timer = setInterval(() => {
    void download.extend().then(
      (isHeld) => (isHeld ? undefined : lost.abort()),
      () => undefined,
    );
  }, downloadLeaseMs / 3);
  const body = async function* () {
    let piece = first;
    while (piece.done !== true) {
      yield piece.value;
      piece = await pieces.next();
    }
  };
  try {
    await pipeline(Readable.from(body(), { objectMode: false, highWaterMark: 256 * 1024 }), response, {
      signal: AbortSignal.any([signal, lost.signal]),
    });
  } finally {
    clearInterval(timer);
    await pieces.return?.();
  }
}
