import postgres from "postgres";

/** What one connect of a client met. Milliseconds since the pool began. */
export type Visit = {
  readonly from: number;
  readonly to: number;
  readonly answer: string | null;
  readonly code: string;
  /** The server had let it in, so that it could be thrown out before it was answered. */
  readonly wasIn: boolean;
};

/** What a client sees whose session is ended: the server's word, or, where its question was not read any more, a connection that breaks. */
const thrownOutCodes = new Set(["57P01", "ECONNRESET", "EPIPE", "CONNECTION_CLOSED"]);

/**
 * For integration tests: clients that connect and ask what answers. Half of them then stay until they are thrown out, as a pool's
 * sessions do; the others leave soon. All connect again at once.
 */
export class ReconnectingPool {
  readonly #url: string;
  readonly #database: string;
  readonly #begun = performance.now();
  readonly #clients: Promise<void>[];
  readonly visits: Visit[] = [];
  #isOver = false;

  constructor(url: string, database: string, clients: number) {
    this.#url = url;
    this.#database = database;
    this.#clients = Array.from({ length: clients }, async (_, nth) => await this.#client(nth % 2 === 0));
  }

  now(): number {
    return performance.now() - this.#begun;
  }

  /** Visits that met an answer since then. */
  answersSince(at: number): (string | null)[] {
    return this.visits.filter((visit) => visit.from >= at && visit.code === "").map((visit) => visit.answer);
  }

  /** Visits that were let in, and thrown out before their answer came. */
  thrownOut(): Visit[] {
    return this.visits.filter(({ code, wasIn }) => wasIn && thrownOutCodes.has(code));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #stay(sql: postgres.Sql): Promise<void> {
    while (!this.#isOver) await sql`select pg_sleep(0.2)`;
  }

  async #client(stays: boolean): Promise<void> {
    while (!this.#isOver) {
      const from = this.now();
      let wasIn = false;
      const sql = postgres(this.#url, {
        database: this.#database,
        max: 1,
        onnotice: () => undefined,
        connect_timeout: 20,
        // The client's own question about types would hide a session that is ended: it connects again by itself.
        fetch_types: false,
        // A server tells its settings when the database was opened, which waits for who renames it.
        onparameter: () => (wasIn = true),
      });
      let answer: string | null = null;
      try {
        const rows = await sql<{ oid: string }[]>`select oid::text from pg_catalog.pg_database where datname = current_database()`;
        answer = rows[0]?.oid ?? null;
        this.visits.push({ from, to: this.now(), answer, code: "", wasIn });
        if (stays) await this.#stay(sql);
        await sql`select pg_sleep(0.02)`;
      } catch (error) {
        const { code = "?" } = error as { code?: string };
        if (answer === null) this.visits.push({ from, to: this.now(), answer, code, wasIn });
      } finally {
        await sql.end({ timeout: 0 }).catch(() => undefined);
      }
    }
  }
}
