import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { catalogueSession } from "./client.ts";

export type ListenOptions = {
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly channel: string;
  readonly onPayload: (payload: string) => void;
  /** Notifications arrive from now on. */
  readonly onUp: () => void;
  /** The connection is gone, or its silence can no longer be trusted: notifications may be lost from now on. */
  readonly onDown: (error: Error | null) => void;
  /** How often the connection is asked whether it lives, and how long it may take to say so. Milliseconds. */
  readonly heartbeatMs?: number;
};

export type Listener = { readonly stop: () => Promise<void> };

const defaultHeartbeatMs = 5_000;
const reconnectMs = 500;

/**
 * Listens on a channel of the catalogue over a connection of its own, for as long as the process wants. The client's own `listen` connects again by
 * itself and tells nobody that it was away; whoever keeps things in memory has to know, so here each connection is used once.
 */
export function listenTo(options: ListenOptions): Listener {
  const stopping = new AbortController();
  const done = keepListening(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

async function keepListening(options: ListenOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await listenOnce(options, stopping);
    await delay(reconnectMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}

type ListeningOptions = postgres.Options<Record<string, never>> & { onnotify: (channel: string, payload: string) => void };

/** One connection, until it ends or is silent; tells that it is down before it is cleaned up. */
async function listenOnce(options: ListenOptions, stopping: AbortSignal): Promise<void> {
  const { channel, onPayload, heartbeatMs = defaultHeartbeatMs } = options;
  const closed = Promise.withResolvers<Error>();
  const settings: ListeningOptions = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    fetch_types: false,
    prepare: false,
    onnotice: () => undefined,
    onclose: () => closed.resolve(new Error("the listening connection was closed")),
    onnotify: (from, payload) => {
      if (from === channel) onPayload(payload);
    },
    connection: { ...catalogueSession, application_name: options.applicationName },
  };
  const client = postgres(options.databaseUrl, settings);
  // A catalogue that does not answer does not hold up a stop.
  const leave = () => closed.resolve(new Error("told to stop"));
  stopping.addEventListener("abort", leave, { once: true });
  const beat = async (statement: string): Promise<Error | null> => {
    const silent = delay(2 * heartbeatMs, new Error("the listening connection does not answer"), { ref: false });
    const said = client.unsafe(statement).then(
      () => null,
      (error: unknown) => error as Error,
    );
    return Promise.race([said, silent, closed.promise]);
  };
  const ended = await untilEnded();
  stopping.removeEventListener("abort", leave);
  options.onDown(stopping.aborted ? null : ended);
  await client.end({ timeout: 1 }).catch(() => undefined);

  /** Null: it is to stop. */
  async function untilEnded(): Promise<Error | null> {
    const refused = await beat(`listen "${channel}"`);
    if (refused !== null) return refused;
    options.onUp();
    while (!stopping.aborted) {
      const pause = delay(heartbeatMs, null, { signal: stopping, ref: false }).catch(() => null);
      const ended = (await Promise.race([pause, closed.promise])) ?? (stopping.aborted ? null : await beat("select 1"));
      if (ended !== null) return ended;
    }
    return null;
  }
}
