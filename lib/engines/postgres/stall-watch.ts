import { LifeboatError } from "#lib/domain/error";
import type { PinnedAddress } from "./address.ts";
import { withSql } from "./connection.ts";
import { helperName } from "./leftovers.ts";

type Backend = { state: string; waitType: string | null; waitEvent: string | null };

/** Silent looks after which a server that only waits for us counts as stalled: the network between has lost what it sent. */
const patience: Readonly<Record<string, number>> = { ClientWrite: 2, ClientRead: 15 };

/**
 * Judges silence by asking the server whether the backend still works, never by silence alone.
 * `check` throws `connection-lost` when the backend is gone or the server is out of reach, `server-stalled` when it waits for us in vain.
 */
export class StallWatch {
  readonly #address: PinnedAddress;
  readonly #database: string;
  readonly #applicationName: string;
  #silentLooks = 0;
  #failedLooks = 0;

  constructor(address: PinnedAddress, database: string, applicationName: string) {
    this.#address = address;
    this.#database = database;
    this.#applicationName = applicationName;
  }

  /** Called when bytes came. */
  reset(): void {
    this.#silentLooks = 0;
    this.#failedLooks = 0;
  }

  async check(silentMs: number): Promise<void> {
    const { host, port } = this.#address;
    let backends: Backend[];
    try {
      backends = await this.#look();
      this.#failedLooks = 0;
    } catch (error) {
      this.#failedLooks += 1;
      if (this.#failedLooks >= 2) throw new LifeboatError("connection-lost", { host, port }, { cause: error });
      return;
    }
    if (backends.length === 0) throw new LifeboatError("connection-lost", { host, port });
    const waitsForUs = backends.every((backend) => backend.waitType === "Client");
    this.#silentLooks = waitsForUs ? this.#silentLooks + 1 : 0;
    const limit = patience[backends[0]!.waitEvent ?? ""] ?? 15;
    if (this.#silentLooks > limit) throw new LifeboatError("server-stalled", { seconds: Math.round(silentMs / 1_000) });
  }

  async #look(): Promise<Backend[]> {
    return await withSql(
      this.#address,
      this.#database,
      helperName(this.#applicationName, "watch"),
      async (sql) =>
        await sql<Backend[]>`
          select state, wait_event_type as "waitType", wait_event as "waitEvent" from pg_catalog.pg_stat_activity
          where application_name = ${this.#applicationName} and pid <> pg_backend_pid()`,
    );
  }
}
