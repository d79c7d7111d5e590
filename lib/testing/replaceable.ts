import postgres from "postgres";
import { createEmptyDatabase, type TestServer } from "./postgres.ts";

/** A database that somebody uses and that is to be replaced; one row says which of all databases it is. */
export type Live = {
  readonly name: string;
  /** Changes the row that says which database it is. */
  mark(text: string): Promise<void>;
  /** Removes it with everything that replacements made beside it. */
  drop(): Promise<void>;
};

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Makes one with two tables and the mark `backup`. No session of it stays open. */
export async function createLive(server: TestServer, owner?: string): Promise<Live> {
  const made = await createEmptyDatabase(server, {
    name: `live_${Math.random().toString(36).slice(2, 10)}`,
    ...(owner === undefined ? {} : { owner }),
  });
  const { name } = made;
  await made.sql.end({ timeout: 1 });
  await inDatabase(server, name, async (sql) => {
    if (owner !== undefined) await sql.unsafe(`set role ${quoted(owner)}`);
    await sql.unsafe(`
      create table marker (text text not null);
      insert into marker values ('backup');
      create table pets as select i as id, md5(i::text) as name from generate_series(1, 2000) i;
    `);
  });
  return {
    name,
    mark: (text) => inDatabase(server, name, async (sql) => void (await sql`update marker set text = ${text}`)),
    drop: async () => {
      const admin = server.admin();
      const rows = await admin<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${name})`;
      for (const { datname } of rows) await admin.unsafe(`drop database if exists ${quoted(datname)} with (force)`);
    },
  };
}

/** Which database answers under a name. */
export async function markerOf(server: TestServer, name: string): Promise<string> {
  return inDatabase(server, name, async (sql) => {
    const [row] = await sql<{ text: string }[]>`select text from marker`;
    return row?.text ?? "";
  });
}

/** One session that is gone afterwards. */
export async function inDatabase<T>(server: TestServer, name: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server.url(name), { database: name, max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
