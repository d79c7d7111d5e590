import { z } from "zod";
import type { CallOptions } from "#lib/http/client";
import { type previewRestore, restoreContent, restoreModes } from "#lib/contracts/restores";
import { usageError } from "./exit-code.ts";
import { findBackup, findServer, findSource } from "./find.ts";
import type { Given, Options } from "./options.ts";
import type { Session } from "./session.ts";

/** What `preview` and `restore` both take. */
export const restoreOptions = {
  source: { type: "string", short: "s", value: "name", help: "the source: its newest good backup, or the one for --at" },
  at: { type: "string", value: "time", help: "restore to this time, ISO 8601 (2026-11-22T14:05:00Z), with --source" },
  server: { type: "string", value: "name", help: "the server that gets the database" },
  database: { type: "string", value: "name", help: "the name of the new database, or of the one to replace" },
  "target-path": { type: "string", value: "path", help: "SQLite: the file on the worker's host, instead of --server and --database" },
  mode: { type: "string", value: "new|replace", help: "replace takes the place of a database that is there (default: new)" },
  content: { type: "string", value: "all|schema|data", help: "what of it (default: all)" },
  "no-owner": { type: "boolean", help: "give everything to the restoring role" },
  jobs: { type: "string", value: "n", help: "jobs of pg_restore, 1 to 16 (default: 2)" },
} as const satisfies Options;

type Body = NonNullable<CallOptions<typeof previewRestore>["body"]>;

/** The plan that was typed, with names looked up. Throws usage errors. */
export async function readRestore(given: Given, session: Session): Promise<Body> {
  const [id] = given.positionals;
  const at = given.text("at");
  const path = given.text("target-path");
  const where =
    path === undefined
      ? { serverId: (await findServer(session, given.needed("server"))).id, database: given.needed("database") }
      : { targetPath: path };
  return {
    ...(at === undefined
      ? { backupId: (await findBackup(session, { id, source: given.text("source") })).id }
      : await atTime(given, session, at)),
    ...where,
    mode: given.oneOf("mode", restoreModes) ?? "new",
    content: given.oneOf("content", restoreContent) ?? "all",
    owners: given.flag("no-owner") ? "none" : "keep",
    jobs: given.whole("jobs", 1, 16) ?? 2,
  };
}

/** A day that there is, and a zone: all output is in UTC, and the caller's own zone would be another hour's rows. Seconds may be left out. */
const instant = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);

async function atTime(given: Given, session: Session, at: string): Promise<{ sourceId: string; at: string }> {
  if (!instant.safeParse(at).success)
    throw usageError(`--at: ${at} is no time like 2026-11-22T14:05:00Z`, "Say the zone, too: Z for UTC, or an offset like +01:00.");
  if (given.positionals.length > 0) throw usageError("--at chooses the backup: say --source instead of a backup's id");
  return { sourceId: (await findSource(session, given.needed("source"))).id, at: new Date(at).toISOString() };
}
