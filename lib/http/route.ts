import { randomUUID } from "node:crypto";
import { anonymousActor, identify } from "#lib/auth/identify";
import { sessionCookieName, cookieValue } from "#lib/auth/session-cookie";
import type { Endpoint, EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import { isAllowed } from "#lib/domain/permissions";
import type { Actor, ServiceContext } from "#lib/services/context";
import { addressHeader, requestIdHeader } from "./client-address.ts";
import { answerOnce, idempotencyKey, requestHash } from "./idempotency.ts";
import { parseRequest } from "./parse-request.ts";
import { answerHeaders, problemResponse, toLifeboatError } from "./problem.ts";
import { getRuntime, type Runtime } from "./runtime.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { serviceContext } from "./service-context.ts";

/** A service verb of an endpoint. */
export type Verb<E extends Endpoint> = (context: ServiceContext, input: EndpointInput<E>) => Promise<EndpointOutput<E>>;

/** What a streaming answer of the same endpoint gets, once the request was let in and its verb answered. */
export type StreamRequest<E extends Endpoint> = {
  readonly context: ServiceContext;
  readonly input: EndpointInput<E>;
  readonly first: EndpointOutput<E>;
  readonly request: Request;
  readonly runtime: Runtime;
};

/** Answers with something else than JSON; null: with JSON after all. */
export type Stream<E extends Endpoint> = (request: StreamRequest<E>) => Response | null | Promise<Response | null>;

/** A handler as Next calls it. */
export type Handler = (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;

/**
 * The one wrapper of the HTTP edge: identifies, authorises, guards against other sites, parses, calls the verb, serialises by the contract
 * (what the contract does not name never leaves), maps errors, and logs one line. It trusts no middleware: every handler checks for itself.
 */
export function route<E extends Endpoint>(endpoint: E, verb: Verb<E>, stream?: Stream<E>): Handler {
  return async (request, { params }) => {
    const runtime = getRuntime();
    const requestId = request.headers.get(requestIdHeader) ?? randomUUID();
    const startedMs = performance.now();
    let actor: Actor | null = null;
    let failure: LifeboatError | null = null;
    let response: Response;
    try {
      actor = await admit(endpoint, request.headers, runtime);
      response = await answer({ endpoint, verb, stream, runtime, actor, request, requestId, pathParams: await params });
    } catch (error) {
      failure = toLifeboatError(error);
      response = problemResponse(failure, requestId);
    }
    const isOurFault = response.status >= 500;
    runtime.logger[isOurFault ? "error" : "info"]("request", {
      requestId,
      operation: endpoint.id,
      method: request.method,
      status: response.status,
      durationMs: Math.round(performance.now() - startedMs),
      actor: actor?.id ?? null,
      address: request.headers.get(addressHeader),
      ...(failure === null ? {} : { code: failure.code }),
      ...(isOurFault && failure !== null ? { error: failure.cause ?? failure } : {}),
    });
    return response;
  };
}

/** Lets a request in, or throws `not-signed-in`, `not-allowed` or `cross-site`. Also used by the web server for downloads. */
export async function admit(endpoint: Endpoint, headers: Headers, runtime: Runtime): Promise<Actor> {
  const { env, keyring, catalogue } = runtime;
  const isMutation = endpoint.method !== "GET";
  const isPublic = endpoint.permission === "public";
  const hasCookie = !headers.has("authorization") && cookieValue(headers.get("cookie"), sessionCookieName(env.publicUrl)) !== null;
  if (isMutation) requireSameOrigin(headers, env.publicUrl, hasCookie);
  if (isPublic) return anonymousActor;
  const actor = await identify(headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
  if (actor === null) throw new LifeboatError("not-signed-in");
  const { permission } = endpoint;
  if (permission !== "public" && !isAllowed(actor.role, actor.scopes, permission)) throw new LifeboatError("not-allowed", { permission });
  return actor;
}

type Admitted<E extends Endpoint> = {
  endpoint: E;
  verb: Verb<E>;
  stream: Stream<E> | undefined;
  runtime: Runtime;
  actor: Actor;
  request: Request;
  requestId: string;
  pathParams: unknown;
};

async function answer<E extends Endpoint>(admitted: Admitted<E>): Promise<Response> {
  const { endpoint, verb, stream, runtime, actor, request, requestId, pathParams } = admitted;
  const { input, rawBody } = await parseRequest(endpoint, request, pathParams);
  const context = serviceContext(runtime, actor, { address: request.headers.get(addressHeader), requestId });
  const work = async () => ({ status: endpoint.status, body: endpoint.response.parse(await verb(context, input)) });
  const key = endpoint.method === "POST" && endpoint.status !== 200 ? idempotencyKey(request.headers) : null;
  if (key === null) {
    const { status, body } = await work();
    const streamed = await stream?.({ context, input, first: body as EndpointOutput<E>, request, runtime });
    return streamed ?? jsonResponse(status, body, requestId);
  }
  const bodyHash = requestHash(context.keyring, [request.method, new URL(request.url).pathname, rawBody]);
  const answered = await answerOnce(
    context.db,
    context.keyring,
    { actor: actor.id ?? `address:${context.address}`, key, bodyHash, now: context.now() },
    work,
  );
  return jsonResponse(answered.status, answered.body, requestId, answered.replayed ? { "idempotency-replayed": "true" } : {});
}

function jsonResponse(status: number, body: unknown, requestId: string, extra: Readonly<Record<string, string>> = {}): Response {
  const headers: Record<string, string> = { ...answerHeaders(requestId), ...extra };
  if (status === 204) return new Response(null, { status, headers });
  const version = (body as { version?: unknown } | null)?.version;
  if (typeof version === "number") headers["etag"] = `"${version}"`;
  return new Response(JSON.stringify(body), { status, headers: { ...headers, "content-type": "application/json" } });
}
