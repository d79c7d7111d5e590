import { setTimeout as delay } from "node:timers/promises";
import type postgres from "postgres";

/** What says that the catalogue cannot be reached, is starting or ending, or has no room: it may be back in a moment. */
const passing = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  // PostgreSQL: shut down, crashed, cannot connect now; disk full, out of memory, too many connections.
  "57P01",
  "57P02",
  "57P03",
  "53100",
  "53200",
  "53300",
]);

/** True when an error, or what caused it, is an outage of the catalogue and not an answer of it. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const code = (error as { code?: unknown }).code;
  return (typeof code === "string" && passing.has(code)) || isOutage(error.cause, depth + 1);
}

export type Endurance = {
  /** Nobody waits any more once this is aborted: the outage is thrown. */
  readonly signal: AbortSignal;
  /** How long an outage may take, in milliseconds; after that it is thrown. */
  readonly patienceMs: number;
  /** Told once for every statement that has to wait, and once when the catalogue answered again. */
  readonly onOutage?: (state: { over: boolean; error: unknown; forMs: number }) => void;
};

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * Does `work` again while the catalogue is away, with growing pauses. A connection that broke may have broken after the commit: `work`
 * must be something that may be done twice, or notice by itself that it was done (a fencing token does).
 */
export async function throughOutage<T>(work: () => Promise<T>, endurance: Endurance): Promise<T> {
  const { signal, patienceMs, onOutage } = endurance;
  const startedMs = performance.now();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const result = await work();
      if (pauseMs > firstPauseMs) onOutage?.({ over: true, error: null, forMs: performance.now() - startedMs });
      return result;
    } catch (error) {
      const forMs = performance.now() - startedMs;
      if (signal.aborted || forMs > patienceMs || !isOutage(error)) throw error;
      if (pauseMs === firstPauseMs) onOutage?.({ over: false, error, forMs });
      // Half of it by chance, so that workers do not all come back in the same moment.
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }
}

type Statement = ReturnType<postgres.Sql["unsafe"]>;

/**
 * A client for Drizzle whose statements and whole transactions outlast an outage of the catalogue. Only what Drizzle calls is
 * covered: `unsafe(…)`, `unsafe(…).values()` and `begin(…)`; statements inside a transaction fail with it and come again with it.
 */
export function enduringClient(client: postgres.Sql, endurance: Endurance): postgres.Sql {
  const again = <T>(work: () => PromiseLike<T>) => throughOutage(async () => work(), endurance);
  const unsafe = (...args: Parameters<postgres.Sql["unsafe"]>) => {
    const send = () => client.unsafe(...args);
    let sent: Promise<unknown> | null = null;
    // Like the client's own: nothing is sent before somebody waits for it.
    return {
      values: () => again(() => send().values()),
      // oxlint-disable-next-line unicorn/no-thenable
      then: (...handlers: Parameters<Statement["then"]>) => {
        sent ??= again(send);
        return (sent as Statement).then(...handlers);
      },
    };
  };
  return new Proxy(client, {
    get(target, key) {
      if (key === "unsafe") return unsafe;
      if (key === "begin") return (...args: Parameters<postgres.Sql["begin"]>) => again(() => client.begin(...args));
      return Reflect.get(target, key) as unknown;
    },
  });
}
