import postgres from "postgres";
import type { TestServer } from "./postgres.ts";

/** What somebody saw who connected to a name again and again. */
export type NameWatch = {
  /** Ends it. `answers`: every mark that was read; `longestGoneMs`: how long at most there was no database of that name at a stretch. */
  stop(): Promise<{ answers: Set<string>; looks: number; longestGoneMs: number }>;
};

/**
 * Codes of a session that was ended, or that may not begin for the moment: what a swap does to others. Who reads while tables are replaced
 * in place may be chosen to end a deadlock: told nothing, and nothing half.
 */
const passing = new Set([
  "40P01",
  "57P01",
  "57P02",
  "57P03",
  "55006",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "ECONNRESET",
  "CONNECTION_DESTROYED",
]);

/** Connects to a database by its name and reads whole what is in it, as long as it is not stopped. */
export function watchName(server: TestServer, name: string): NameWatch {
  const answers = new Set<string>();
  let looks = 0;
  let goneSince: number | null = null;
  let longestGoneMs = 0;
  const stop = new AbortController();
  let failure: unknown = null;

  const look = async () => {
    const sql = postgres(server.url(name), {
      database: name,
      max: 1,
      onnotice: () => undefined,
      // The client's own question for types fails unheard when its session is ended in the middle of it.
      fetch_types: false,
      connection: { application_name: "watch" },
    });
    try {
      const [row] = await sql<{ text: string; pets: number }[]>`select text, (select count(*)::int from pets) as pets from marker`;
      // A half-loaded copy would have another number of rows, or none of the tables.
      answers.add(row === undefined ? "empty" : row.pets === 2000 ? row.text : `${row.text} with ${row.pets} rows`);
      looks += 1;
      goneSince = null;
    } catch (error) {
      const code = (error as { code?: string }).code ?? "";
      if (code === "3D000") {
        goneSince ??= performance.now();
        longestGoneMs = Math.max(longestGoneMs, performance.now() - goneSince);
      } else if (passing.has(code)) goneSince = null;
      else answers.add(`error ${code}: ${String(error)}`);
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  const watching = (async () => {
    while (!stop.signal.aborted) await look();
  })().catch((error: unknown) => (failure = error));
  return {
    stop: async () => {
      stop.abort();
      await watching;
      if (failure !== null) throw failure as Error;
      return { answers, looks, longestGoneMs };
    },
  };
}
