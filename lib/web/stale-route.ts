import type { IncomingMessage, ServerResponse } from "node:http";
import { backUpIfStale as contract } from "#lib/contracts/gates";
import { LifeboatError } from "#lib/domain/error";
import { parseMaxAge } from "#lib/domain/max-age";
import { answerHeaders, InvalidInputError } from "#lib/http/problem";
import { admit } from "#lib/http/route";
import type { Runtime } from "#lib/http/runtime";
import { requireSameOrigin } from "#lib/http/same-origin";
import { serviceContext } from "#lib/http/service-context";
import { backUpIfStale, isFresh, type StaleAnswer, staleAnswer } from "#lib/services/backups/back-up-if-stale";
import type { Actor } from "#lib/services/context";
import { bearerHash, decide, type Freshness, refusalOf } from "./freshness.ts";

export type StaleRequest = {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: Request;
  readonly id: string;
  readonly address: string;
  readonly requestId: string;
};

/** Where questions arrive; `freshness` is what this process holds in memory. */
export type StaleDesk = (runtime: Runtime, received: StaleRequest) => Promise<{ status: number; actor: string | null; state: string }>;

type Asked = { readonly actor: Actor; readonly sourceId: string; readonly maxAgeSeconds: number };

/** While a backup is known to be on its way, callers are told so from memory for this long, in milliseconds. */
const underwayMs = 1_000;
/** Nothing in a body is read. */
const longestBody = 65_536;

/**
 * Answers `back-up-if-stale`: who is known and fresh, from memory; who is stale, by starting one backup for all who ask at the same time. Nobody
 * waits for the backup. Every question is admitted like any request; a session's cookie is looked up each time, as everywhere. `onDecided` is told how
 * long each decision from memory took: what the benchmark measures.
 */
export function createStaleDesk(freshness: Freshness, onDecided?: (tookMs: number) => void): StaleDesk {
  const startOnce = createStarter();
  return async (runtime, received) => {
    const { incoming, response, request, requestId, address } = received;
    incoming.resume();
    if (Number(request.headers.get("content-length") ?? 0) > longestBody) {
      throw new LifeboatError("payload-too-large", { limitBytes: longestBody });
    }
    const begunMs = performance.now();
    const held = fromMemory(freshness, received);
    onDecided?.(performance.now() - begunMs);
    const { actor, answer } = held ?? (await fromCatalogue());
    response.writeHead(contract.status, { ...answerHeaders(requestId), "content-type": "application/json" });
    response.end(JSON.stringify(contract.response.parse(answer)));
    return { status: contract.status, actor: actor.id, state: answer.state };

    async function fromCatalogue(): Promise<{ actor: Actor; answer: StaleAnswer }> {
      const caller = await identifyCaller(freshness, runtime, received);
      const asked = { actor: caller, ...parse(received) };
      const { lastGoodAtMs } = freshness.sources.get(asked.sourceId) ?? (await freshness.loadSource(asked.sourceId));
      const lastGoodAt = lastGoodAtMs === null ? null : new Date(lastGoodAtMs);
      const now = new Date();
      if (isFresh(lastGoodAt, asked.maxAgeSeconds, now)) return { actor: caller, answer: staleAnswer("fresh", lastGoodAt, null, now) };
      return { actor: caller, answer: await startOnce(runtime, asked, { address, requestId, lastGoodAt }) };
    }
  };
}

/** The usual case: a known token, a fresh source, no query. Null when anything else has to be looked at. */
function fromMemory(freshness: Freshness, { request, id, address }: StaleRequest): { actor: Actor; answer: StaleAnswer } | null {
  const { headers } = request;
  // What a browser sends is looked at in full.
  if (headers.has("origin") || headers.has("sec-fetch-site")) return null;
  const hash = bearerHash(headers.get("authorization") ?? "");
  const asked = askedAge(request);
  const maxAgeSeconds = typeof asked === "string" ? parseMaxAge(asked) : null;
  if (hash === null || maxAgeSeconds === null) return null;
  const now = new Date();
  const decision = decide(freshness, { tokenHash: hash, sourceId: id, maxAgeSeconds }, now.getTime());
  if (decision.kind !== "fresh") return null;
  freshness.touch(decision.token, address, now);
  return { actor: decision.token.actor, answer: staleAnswer("fresh", new Date(decision.lastGoodAtMs), null, now) };
}

/** Throws `cross-site`, `not-signed-in`, `not-allowed`, as `admit` does. */
async function identifyCaller(freshness: Freshness, runtime: Runtime, { request, address }: StaleRequest): Promise<Actor> {
  const { headers } = request;
  const authorization = headers.get("authorization");
  if (authorization === null) return admit(contract, headers, runtime);
  requireSameOrigin(headers, runtime.env.publicUrl, false);
  const hash = bearerHash(authorization);
  const now = new Date();
  const token = hash === null ? null : (freshness.tokens.get(hash) ?? (await freshness.loadToken(hash, now)));
  if (token === null) throw new LifeboatError("not-signed-in");
  const refusal = refusalOf(token, now.getTime());
  if (refusal !== null) throw refusal;
  freshness.touch(token, address, now);
  return token.actor;
}

/** The age that is asked for; of two, nobody knows which is meant: all of them, which is none. */
function askedAge(request: Request): string | readonly string[] | undefined {
  const [age, ...others] = new URL(request.url).searchParams.getAll("maxAge");
  return age === undefined || others.length === 0 ? age : [age, ...others];
}

/** Throws `not-found` for an id that cannot be one, `invalid-input` for an age that is none. */
function parse({ id, request }: StaleRequest): { sourceId: string; maxAgeSeconds: number } {
  const params = contract.params.safeParse({ id });
  if (!params.success) throw new LifeboatError("not-found", { entity: "source", id: id.slice(0, 100) });
  const query = contract.query.safeParse({ maxAge: askedAge(request) });
  const maxAgeSeconds = query.success ? parseMaxAge(query.data.maxAge) : null;
  if (maxAgeSeconds !== null) return { sourceId: params.data.id, maxAgeSeconds };
  throw new InvalidInputError([{ path: "maxAge", message: query.error?.issues[0]?.message ?? "not an age" }]);
}

type Starter = (
  runtime: Runtime,
  asked: Asked,
  known: { address: string; requestId: string; lastGoodAt: Date | null },
) => Promise<StaleAnswer>;

/** Starts one backup for all who ask at the same time, and remembers for a moment that it is on its way. */
function createStarter(): Starter {
  const starting = new Map<string, Promise<StaleAnswer>>();
  const underway = new Map<string, { state: "running" | "failed"; runId: string; untilMs: number }>();
  return async (runtime, { actor, sourceId, maxAgeSeconds }, { address, requestId, lastGoodAt }) => {
    for (let begun = starting.get(sourceId); begun !== undefined; begun = starting.get(sourceId)) {
      const answer = await begun;
      if (isAnswer(answer, maxAgeSeconds)) return answer;
    }
    const known = underway.get(sourceId);
    if (known !== undefined && known.untilMs > performance.now()) return staleAnswer(known.state, lastGoodAt, known.runId, new Date());
    const own = backUpIfStale(serviceContext(runtime, actor, { address, requestId }), { sourceId, maxAgeSeconds });
    starting.set(sourceId, own);
    try {
      const answer = await own;
      if (answer.runId !== null) {
        const state = answer.state === "failed" ? "failed" : "running";
        underway.set(sourceId, { state, runId: answer.runId, untilMs: performance.now() + underwayMs });
      }
      return answer;
    } finally {
      if (starting.get(sourceId) === own) starting.delete(sourceId);
    }
  };
}

/** What another caller was told holds for this one, too, unless it is fresh for that one's age alone. */
function isAnswer({ state, lastGoodAt }: StaleAnswer, maxAgeSeconds: number): boolean {
  return state !== "fresh" || isFresh(lastGoodAt === null ? null : new Date(lastGoodAt), maxAgeSeconds, new Date());
}
