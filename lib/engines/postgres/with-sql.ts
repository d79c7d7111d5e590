import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { PinnedAddress } from "./address.ts";
import { closeSql, openSql } from "./connection.ts";
import { StallWatch } from "./stall-watch.ts";
import { waitWatched } from "./watched-read.ts";

const defaultSilenceMs = 20_000;

export type SqlBounds = {
  /** Milliseconds after which the work fails with `connection-lost` whatever the server does; without it the server is asked. */
  readonly limitMs?: number;
  /** Milliseconds of silence after which the server is asked; default 20 seconds. */
  readonly silenceMs?: number;
  /** What that question may take, connecting included, in milliseconds; default as long as the silence, and 15 seconds at most. */
  readonly lookMs?: number;
};

/**
 * Runs `work` with a SQL session that is ended afterwards. Never waits for a lost connection for more than about a minute: after
 * 20 seconds the server is asked on another connection whether this one still works. Throws `connection-lost`, `server-stalled`.
 */
export async function withSql<T>(
  address: PinnedAddress,
  database: string,
  applicationName: string,
  work: (sql: postgres.Sql) => Promise<T>,
  { limitMs, lookMs, silenceMs = defaultSilenceMs }: SqlBounds = {},
): Promise<T> {
  const sql = openSql(address, database, applicationName);
  const watch = new StallWatch({ address, database, applicationName, stallMs: silenceMs, lookMs });
  const lost = () => Promise.reject(new LifeboatError("connection-lost", { host: address.host, port: address.port }));
  let graceSeconds = 2;
  try {
    return await waitWatched(work(sql), limitMs ?? silenceMs, limitMs === undefined ? async (ms) => await watch.check(ms) : lost);
  } catch (error) {
    if (error instanceof LifeboatError) graceSeconds = 0;
    throw error;
  } finally {
    await closeSql(sql, graceSeconds);
  }
}
