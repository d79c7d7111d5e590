import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { clusterSuperuser } from "#lib/clusters/cluster";
import { readPostmasterPid } from "#lib/clusters/postmaster-pid";
import { makeId } from "#lib/domain/ids";
import type { Role } from "#lib/domain/permissions";
import { hashPassword } from "#lib/secrets/password";

export type Person = { id: string; email: string; name: string; password: string };

/** Runs `work` on the catalogue of the Lifeboat that keeps its data in `dataDir`. */
async function withCatalogue<T>(dataDir: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const running = await readPostmasterPid(join(dataDir, "catalogue"));
  if (running === null) throw new Error(`no catalogue runs in ${dataDir}`);
  const password = readFileSync(join(dataDir, "catalogue.password"), "utf8").trim();
  const sql = postgres({ host: "127.0.0.1", port: running.port, user: clusterSuperuser, password, database: "lifeboat", max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Makes an account behind Lifeboat's back: there is no page for people yet. */
export function addPerson(dataDir: string, role: Role, name: string): Promise<Person> {
  return withCatalogue(dataDir, async (sql) => {
    const uuid = randomUUID();
    const person = { id: makeId("user", uuid), email: `${uuid.slice(0, 8)}@example.org`, name, password: `pass-${uuid}` };
    await sql`
      INSERT INTO lifeboat.users (id, email, name, role, password_hash, created_at, updated_at)
      VALUES (${person.id}, ${person.email}, ${name}, ${role}, ${await hashPassword(person.password)}, now(), now())`;
    return person;
  });
}

/** As if the machine's clock had been set forward: what was believed last lies so many days back. */
export function jumpClock(dataDir: string, days: number): Promise<void> {
  return withCatalogue(dataDir, async (sql) => {
    await sql`UPDATE lifeboat.installation SET last_seen_at = clock_timestamp() - make_interval(hours => ${days * 24})`;
  });
}

/** A fingerprint of today that lost two tables since yesterday's: the first one of a source, with its findings, as a worker writes it. */
export function addDivergence(dataDir: string, sourceId: string, backupId: string): Promise<void> {
  return withCatalogue(dataDir, async (sql) => {
    const kept = ["public", "entries", 40, null];
    const findings = ["orders", "customers"].map((table) => ({
      code: "table-gone",
      schema: "public",
      table,
      params: { from: 1200, to: 0 },
    }));
    const print = (daysAgo: number, tables: unknown[], found: unknown[]) => sql`
      INSERT INTO lifeboat.fingerprints (id, source_id, day, backup_id, at, row_count, table_count, tables, findings)
      VALUES (${makeId("fingerprint", randomUUID())}, ${sourceId}, to_char((now() - make_interval(days => ${daysAgo})) AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
        ${backupId}, now() - make_interval(days => ${daysAgo}), 40, ${tables.length}, ${JSON.stringify(tables)}::text::jsonb, ${JSON.stringify(found)}::text::jsonb)
      ON CONFLICT (source_id, day) DO UPDATE SET at = excluded.at, tables = excluded.tables, findings = excluded.findings`;
    await print(1, [["public", "customers", 1200, null], kept, ["public", "orders", 1200, null]], []);
    await print(0, [kept], findings);
  });
}

export function disablePerson(dataDir: string, id: string): Promise<void> {
  return withCatalogue(dataDir, async (sql) => {
    await sql`UPDATE lifeboat.users SET disabled_at = now() WHERE id = ${id}`;
  });
}
