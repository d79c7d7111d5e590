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

export function disablePerson(dataDir: string, id: string): Promise<void> {
  return withCatalogue(dataDir, async (sql) => {
    await sql`UPDATE lifeboat.users SET disabled_at = now() WHERE id = ${id}`;
  });
}
