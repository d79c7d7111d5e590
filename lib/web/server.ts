import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { LifeboatError } from "#lib/domain/error";
import { addressHeader, clientAddress, internalPrefix, requestIdHeader, trustedProxies } from "#lib/http/client-address";
import { securityHeaders } from "#lib/http/content-security-policy";
import { problemHeaders, problemOf, toLifeboatError } from "#lib/http/problem";
import type { Runtime } from "#lib/http/runtime";
import { matchApiPath, publicStatusPath } from "./api-paths.ts";
import { type DownloadDeps, serveDownload } from "./download-route.ts";
import { createFreshness, type Freshness } from "./freshness.ts";
import { createStaleDesk, type StaleDesk } from "./stale-route.ts";
import { longestPartMs, serveUpload } from "./upload-route.ts";

/** Next's own handler of a request. */
export type PageHandler = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Headers that only we, or a trusted proxy, may set; from anybody else they are removed. */
const forwardedHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"];
/** Headers of Next's inside that have no business coming from outside. */
const foreignHeaders = ["x-middleware-subrequest", "x-middleware-rewrite", "x-nonce", "x-real-ip", "content-security-policy"];

/** So long a request may take to arrive, in milliseconds. Parts of uploads are eight times as long as any other body and may take longer. */
const receiveMs = 60_000;

export type WebServerDeps = Omit<DownloadDeps, "runtime"> & {
  /** What is held in memory for `back-up-if-stale`; left out, each question asks the catalogue. */
  readonly freshness?: Freshness;
  /** Told how long each decision from that memory took, in milliseconds. */
  readonly onDecided?: (tookMs: number) => void;
};

type AnswerDeps = DownloadDeps & { readonly stale: StaleDesk };

/** Builds the server around Next: it owns addresses, request ids, downloads, uploads, questions of freshness, and what no route serves. */
export function createWebServer(runtime: Runtime, pages: PageHandler, { freshness, onDecided, ...downloads }: WebServerDeps): Server {
  const stale = createStaleDesk(freshness ?? createFreshness({ db: runtime.catalogue.db, logger: runtime.logger }), onDecided);
  const isTrusted = trustedProxies(runtime.env.trustedProxies);
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 20_000,
    // The longest that any request may take to arrive; all but parts of uploads have `receiveMs`. Answers may take as long as they take.
    requestTimeout: longestPartMs + receiveMs,
    keepAliveTimeout: 10_000,
    connectionsCheckingInterval: 5000,
  });
  server.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
    const requestId = randomUUID();
    const address = prepare(incoming, isTrusted, requestId);
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    response.setHeader("x-request-id", requestId);
    answer({ runtime, stale, ...downloads }, pages, { incoming, response, address, requestId }).catch((error: unknown) => {
      fail(runtime, { incoming, response, requestId }, error);
    });
  });
  // A client that speaks no HTTP gets no explanation.
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  return server;
}

type Received = { incoming: IncomingMessage; response: ServerResponse; address: string; requestId: string };

/** Takes out every header that would be believed, then writes ours. Returns the client's address. */
function prepare(incoming: IncomingMessage, isTrusted: (address: string) => boolean, requestId: string): string {
  const { headers, socket } = incoming;
  const forwardedFor = [headers["x-forwarded-for"] ?? []].flat().join(",");
  const address = clientAddress(socket.remoteAddress, forwardedFor, isTrusted);
  const isFromProxy = isTrusted(clientAddress(socket.remoteAddress, undefined, () => false));
  const removed = new Set([...foreignHeaders, ...(isFromProxy ? [] : forwardedHeaders)]);
  for (const name of Object.keys(headers)) if (name.startsWith(internalPrefix) || removed.has(name)) delete headers[name];
  headers[addressHeader] = address;
  headers[requestIdHeader] = requestId;
  return address;
}

async function answer(deps: AnswerDeps, pages: PageHandler, received: Received): Promise<void> {
  const { incoming, response } = received;
  const path = (incoming.url ?? "/").split("?", 1)[0] ?? "/";
  const isApi = path === "/api" || path.startsWith("/api/");
  const match = isApi ? matchApiPath(incoming.method ?? "GET", path) : ({ kind: "next" } as const);
  if (match.kind !== "upload") boundReceiving(incoming);
  switch (match.kind) {
    case "next":
      // Badges are made to stand in other people's pages.
      if (publicStatusPath.test(path)) response.removeHeader("cross-origin-resource-policy");
      return pages(incoming, response);
    case "download":
      return download(deps, received, match.id);
    case "upload":
      return upload(deps, received, match.id);
    case "stale":
      return backUpIfStale(deps, received, match.id);
    case "wrong-method":
      throw new LifeboatError("method-not-allowed", { allow: match.allow });
    case "unknown":
      throw new LifeboatError("not-found", { entity: "page", id: path.slice(0, 200) });
  }
}

/** A body that trickles in for a minute is given up: nothing that a route takes needs so long. */
function boundReceiving(incoming: IncomingMessage): void {
  const timer = setTimeout(() => {
    if (!incoming.complete) incoming.destroy();
  }, receiveMs);
  timer.unref();
  incoming.once("close", () => clearTimeout(timer));
}

/** Address, query and headers as the Fetch API has them; the body stays with the connection. */
function headOf({ incoming }: Received, { runtime }: DownloadDeps): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, [value ?? ""].flat().join(", "));
  return new Request(new URL(incoming.url ?? "/", runtime.env.publicUrl), { headers });
}

async function upload(deps: DownloadDeps, received: Received, id: string): Promise<void> {
  const { incoming, address, requestId } = received;
  const startedMs = performance.now();
  const served = await serveUpload(deps.runtime, { ...received, request: headOf(received, deps), id });
  const durationMs = Math.round(performance.now() - startedMs);
  deps.runtime.logger.info("request", { requestId, operation: "uploadPart", method: incoming.method, durationMs, address, ...served });
}

async function backUpIfStale(deps: AnswerDeps, received: Received, id: string): Promise<void> {
  const { incoming, address, requestId } = received;
  const startedMs = performance.now();
  const served = await deps.stale(deps.runtime, { ...received, request: headOf(received, deps), id });
  const durationMs = Math.round(performance.now() - startedMs);
  deps.runtime.logger.info("request", { requestId, operation: "backUpIfStale", method: incoming.method, durationMs, address, ...served });
}

async function download(deps: DownloadDeps, received: Received, id: string): Promise<void> {
  const { incoming, address, requestId } = received;
  const startedMs = performance.now();
  const request = headOf(received, deps);
  const served = await serveDownload(deps, { ...received, request, id });
  const durationMs = Math.round(performance.now() - startedMs);
  deps.runtime.logger.info("request", { requestId, operation: "downloadBackup", method: incoming.method, durationMs, address, ...served });
}

/** A problem, while one can still be told; once the body has begun, a connection that ends early is the only honest sign. */
function fail(runtime: Runtime, { incoming, response, requestId }: Omit<Received, "address">, thrown: unknown): void {
  const error = toLifeboatError(thrown);
  const hasLeft = incoming.destroyed && response.destroyed;
  const fields = { requestId, method: incoming.method, path: incoming.url?.split("?", 1)[0]?.slice(0, 200), code: error.code };
  if (response.headersSent) {
    runtime.logger[hasLeft ? "info" : "error"]("answer ended early", { ...fields, ...(hasLeft ? {} : { error: error.cause ?? error }) });
    response.destroy();
    return;
  }
  const problem = problemOf(error, requestId);
  const isOurFault = problem.status >= 500;
  runtime.logger[isOurFault ? "error" : "info"]("request", {
    ...fields,
    status: problem.status,
    ...(isOurFault ? { error: error.cause ?? error } : {}),
  });
  if (!incoming.complete) response.setHeader("connection", "close");
  response
    .writeHead(problem.status, problemHeaders(error, requestId))
    .end(incoming.method === "HEAD" ? undefined : JSON.stringify(problem));
}
