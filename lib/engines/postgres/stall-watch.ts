import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { PinnedAddress } from "./address.ts";
import { closeSql, openSql } from "./connection.ts";
import { helperName } from "./session-name.ts";

type Backend = { waits: boolean; changed: string };

/** Idle looks in a row that are still believed. The first look only remembers, so the third one decides. */
const patience = 1;
/** The same where nobody can tell whether the client is busy: it may think for minutes about many tables. */
const blindPatience = 15;
/** At most, for one look, connecting included; in milliseconds. */
export const maxLookMs = 15_000;

/** How often a silent session is looked at, and how long one look may take, in milliseconds. */
export type StallBounds = { readonly stallMs: number; readonly lookMs?: number };

/** What one look may take, connecting included, in milliseconds: left out, as long as the silence before it, and 15 seconds at most. */
export function lookLimitMs({ stallMs, lookMs = Math.min(maxLookMs, stallMs) }: StallBounds): number {
  return lookMs;
}

export type Watched = StallBounds & {
  readonly address: PinnedAddress;
  readonly database: string;
  /** Of the session that is watched. */
  readonly applicationName: string;
  /** The client's used processor time, null where that is unknown. Left out: this process is the client and only waits. */
  readonly clientTicks?: () => Promise<number | null>;
};

/**
 * Judges silence by asking the server whether the backend still works, never by silence alone.
 * `check` throws `connection-lost` when the backend is gone or the server is out of reach in two looks, `server-stalled` when the
 * server has waited for a client that did nothing meanwhile: the network between has lost what they sent.
 */
export class StallWatch {
  readonly #watched: Watched;
  #idleLooks = 0;
  #failedLooks = 0;
  #changed = "";
  #ticks: number | null = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Called when bytes came. */
  reset(): void {
    this.#idleLooks = 0;
    this.#failedLooks = 0;
  }

  async check(silentMs: number): Promise<void> {
    let backends: Backend[] = [];
    let cause: unknown;
    try {
      backends = await this.#look();
    } catch (error) {
      cause = error;
    }
    // None: the session may not have begun yet, so a second look decides.
    if (backends.length === 0) return this.#missed(cause);
    this.#failedLooks = 0;
    const isIdle = await this.#isIdle(backends);
    this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
    const limit = this.#ticks === null ? blindPatience : patience;
    if (this.#idleLooks > limit) throw new LifeboatError("server-stalled", { seconds: Math.round(silentMs / 1_000) });
  }

  #missed(cause: unknown): void {
    this.#failedLooks += 1;
    const { host, port } = this.#watched.address;
    if (this.#failedLooks >= 2) throw new LifeboatError("connection-lost", { host, port }, { cause });
  }

  /** True when every backend waits for its client and neither has done anything since the last look. */
  async #isIdle(backends: readonly Backend[]): Promise<boolean> {
    const [changedBefore, ticksBefore] = [this.#changed, this.#ticks];
    this.#changed = backends.map((backend) => backend.changed).join();
    this.#ticks = await (this.#watched.clientTicks?.() ?? 0);
    return backends.every((backend) => backend.waits) && this.#changed === changedBefore && this.#ticks === ticksBefore;
  }

  async #look(): Promise<Backend[]> {
    const { address, database, applicationName } = this.#watched;
    const sql = openSql(address, database, helperName(applicationName, "watch"));
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, lookLimitMs(this.#watched), new Error("the server did not answer"));
    });
    try {
      return await Promise.race([this.#ask(sql), silence]);
    } finally {
      clearTimeout(timer);
      await closeSql(sql, 0);
    }
  }

  async #ask(sql: postgres.Sql): Promise<Backend[]> {
    return await sql<Backend[]>`
      select coalesce(wait_event_type, '') = 'Client' as waits, coalesce(state_change::text, '') as changed
      from pg_catalog.pg_stat_activity
      where application_name = ${this.#watched.applicationName} and pid <> pg_backend_pid() order by pid`;
  }
}
