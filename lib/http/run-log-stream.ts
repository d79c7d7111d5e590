import { setTimeout as wait } from "node:timers/promises";
import { identify } from "#lib/auth/identify";
import type { getRunLog, RunLogLineDto } from "#lib/contracts/runs";
import { isAllowed } from "#lib/domain/permissions";
import { answerHeaders } from "./problem.ts";
import type { StreamRequest, Verb } from "./route.ts";

/** How often the catalogue is asked for new lines, in milliseconds. */
const pollMs = 500;
/** A comment after this much silence keeps proxies from closing the stream, in milliseconds. */
const heartbeatMs = 15_000;

type LogRequest = StreamRequest<typeof getRunLog>;

/**
 * Follows a run's log as server-sent events where the client asks for them: a `line` event a row (its id is the sequence number, so that
 * `Last-Event-ID` continues), then `end`. It ends when the run is final, the client leaves, the caller may no longer read, or the process
 * stops. Null where a plain answer is wanted.
 */
export function runLogStream(verb: Verb<typeof getRunLog>): (request: LogRequest) => Response | null {
  return (request) => {
    if (!request.request.headers.get("accept")?.includes("text/event-stream")) return null;
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, request.request.signal, request.runtime.stopping]);
    const encoder = new TextEncoder();
    const events = logEvents(verb, request, signal);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { value, done } = await events.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          if (!signal.aborted) request.runtime.logger.error("following a run's log failed", { error });
          left.abort();
          controller.close();
        }
      },
      cancel: () => left.abort(),
    });
    const headers = { ...answerHeaders(request.context.requestId ?? ""), "content-type": "text/event-stream", "x-accel-buffering": "no" };
    return new Response(body, { headers });
  };
}

async function* logEvents(verb: Verb<typeof getRunLog>, request: LogRequest, signal: AbortSignal): AsyncGenerator<string, void> {
  const { context, input } = request;
  const lastSeen = Number(request.request.headers.get("last-event-id") ?? Number.NaN);
  let after = Number.isSafeInteger(lastSeen) && lastSeen > input.query.after ? lastSeen : input.query.after;
  let lastSentMs = performance.now();
  yield ": following\n\n";
  while (!signal.aborted) {
    const { lines, next, final } = await verb(context, { ...input, query: { ...input.query, after } });
    if (lines.length > 0) {
      yield lines.map(lineEvent).join("");
      lastSentMs = performance.now();
      after = Math.max(after, next, lines.at(-1)?.seq ?? 0);
      continue;
    }
    if (final) {
      yield "event: end\ndata: {}\n\n";
      return;
    }
    if (performance.now() - lastSentMs > heartbeatMs) {
      yield ": still here\n\n";
      lastSentMs = performance.now();
    }
    // An interrupted wait is the end of the stream; the loop's condition sees it.
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted && !(await mayStillRead(request))) return;
  }
}

/** A stream must not outlive its session: whoever was signed out or disabled sees no further line. */
async function mayStillRead({ request, runtime }: LogRequest): Promise<boolean> {
  const { catalogue, keyring, env } = runtime;
  const actor = await identify(request.headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
  return actor !== null && isAllowed(actor.role, actor.scopes, "runs:read");
}

function lineEvent(line: RunLogLineDto): string {
  return `id: ${line.seq}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`;
}
