import { and, desc, eq, gte, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/fingerprints";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { proposedSettings, type WatchSettings } from "#lib/domain/fingerprint";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { findSource } from "../sources/load.ts";

/** Tables of each day, unless one is asked for: the largest of the newest day, those that were odd, and those that somebody chose. */
const largestShown = 40;
const mostShown = 200;
const dayMs = 86_400_000;

type Head = Pick<typeof fingerprints.$inferSelect, "tables">;

const nameOf = (schema: string, table: string) => `${schema}.${table}`;

function shownTables(
  newest: Head | undefined,
  findings: readonly { schema: string; table: string }[],
  settings: WatchSettings,
  asked: string | undefined,
): string[] {
  if (asked !== undefined) return [asked];
  const largest = (newest?.tables ?? []).toSorted((left, right) => right[2] - left[2]).slice(0, largestShown);
  const chosen = [...findings.filter(({ table }) => table !== ""), ...settings.digests, ...(settings.growing ?? [])];
  const names = [...largest.map(([schema, table]) => nameOf(schema, table)), ...chosen.map(({ schema, table }) => nameOf(schema, table))];
  return [...new Set(names)].slice(0, mostShown);
}

/** The daily fingerprints of a source, newest first, with the tables that were asked for or matter most. Throws `not-found`. */
export async function listFingerprints(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listFingerprints>,
): Promise<EndpointOutput<typeof contract.listFingerprints>> {
  authorise(context, "sources:read");
  const { days, table } = input.query;
  const { source } = await findSource(context.db, input.params.id);
  const settings = source.fingerprintSettings ?? proposedSettings;
  const since = new Date(context.now().getTime() - (days - 1) * dayMs).toISOString().slice(0, 10);
  const ofDays = and(eq(fingerprints.sourceId, source.id), gte(fingerprints.day, since));
  const [heads, [newest]] = await Promise.all([
    context.db.select({ findings: fingerprints.findings }).from(fingerprints).where(ofDays),
    context.db.select({ tables: fingerprints.tables }).from(fingerprints).where(ofDays).orderBy(desc(fingerprints.day)).limit(1),
  ]);
  const shown = shownTables(
    newest,
    heads.flatMap(({ findings }) => findings),
    settings,
    table,
  );
  const rows = await context.db
    .select({
      id: fingerprints.id,
      day: fingerprints.day,
      backupId: fingerprints.backupId,
      at: fingerprints.at,
      rowCount: fingerprints.rowCount,
      tableCount: fingerprints.tableCount,
      migrationHead: fingerprints.migrationHead,
      findings: fingerprints.findings,
      // Picked by the catalogue: a source may have thousands of tables on hundreds of days.
      tables: sql<Head["tables"]>`coalesce((
        select jsonb_agg(entry order by (entry ->> 2)::bigint desc) from jsonb_array_elements(${fingerprints.tables}) as entry
        where (entry ->> 0) || '.' || (entry ->> 1) = any(${sql.param(shown)})
      ), '[]'::jsonb)`,
    })
    .from(fingerprints)
    .where(ofDays)
    .orderBy(desc(fingerprints.day));
  return {
    settings: {
      digests: [...settings.digests],
      growing: settings.growing === null ? null : [...settings.growing],
      ignored: [...settings.ignored],
    },
    version: source.version,
    items: rows.map(({ at, tables, ...row }) =>
      Object.assign(row, {
        at: at.toISOString(),
        tables: tables.map(([schema, name, number, sha256]) => ({ schema, table: name, rows: number, sha256 })),
      }),
    ),
  };
}
