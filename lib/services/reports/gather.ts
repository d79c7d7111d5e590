import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import { describeReason } from "#lib/contracts/describe-reason";
import { reportContent, type ReportContent } from "#lib/contracts/drill-reports";
import type { Transaction } from "#lib/db/client";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { drills } from "#lib/db/schema/drills";
import { installation } from "#lib/db/schema/installation";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError, type Params } from "#lib/domain/error";
import packageFacts from "../../../package.json" with { type: "json" };
import { withHiddenBody } from "../drill-plans/hidden-bodies.ts";
import type { ReportInput } from "./write.ts";

/** Characters of evidence in a report: of one check, and of all of them. */
const evidenceOfOne = 8_000;
const evidenceOfAll = 400_000;

type Place = Pick<ReportContent, "id" | "sequence" | "previousSha256"> & { readonly writtenAt: Date };

/** Everything that a report says, read in the transaction that writes it. */
export async function gatherReport(tx: Transaction, input: ReportInput, place: Place): Promise<ReportContent> {
  const [found] = await tx
    .select({ drill: drills, source: sources, serverName: servers.name })
    .from(drills)
    .innerJoin(sources, eq(sources.id, drills.sourceId))
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .where(eq(drills.id, input.drillId));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "drill", id: input.drillId });
  const { drill, source, serverName } = found;
  const [home] = await tx.select({ id: installation.id }).from(installation).limit(1);
  const content: z.input<typeof reportContent> = {
    format: "lifeboat-drill-report",
    formatVersion: 1,
    id: place.id,
    sequence: place.sequence,
    previousSha256: place.previousSha256,
    installationId: home?.id ?? "",
    lifeboatVersion: packageFacts.version,
    writtenAt: place.writtenAt.toISOString(),
    drill: {
      id: drill.id,
      trigger: drill.trigger,
      unattended: drill.unattended,
      startedAt: drill.startedAt.toISOString(),
      closedAt: input.closedAt.toISOString(),
      operatorName: drill.operatorName,
    },
    source: {
      id: source.id,
      name: source.name,
      engine: source.engine,
      environment: source.environment,
      serverName,
      database: source.path ?? source.database,
    },
    backup: drill.backup,
    target: drill.target,
    tools: [...toolsOf(drill), ...(await toolsUsed(tx, drill.id))],
    steps: await stepsOf(tx, drill.id),
    clock: input.clock,
    verdict: input.verdict,
    checks: await checksOf(tx, drill.id),
    findings: input.findings,
    improvement: input.improvement,
    playbookVersion: drill.playbookVersion,
    events: drill.events.map(({ at, code, params, actorName }) => ({ at, code, params: wholeNumbers(params), actorName })),
    cleanUp: input.cleanUp,
    signOff: input.signOff,
    incidentId: input.incidentId,
    nextDueAt: input.nextDueAt,
  };
  return reportContent.parse(wellFormed(content));
}

function toolsOf(drill: typeof drills.$inferSelect): ReportContent["tools"] {
  const tools: ReportContent["tools"] = [{ name: "Lifeboat", version: packageFacts.version }];
  const isFile = drill.target?.type === "file";
  if (drill.backup !== null) {
    tools.push({ name: isFile ? "SQLite (backup)" : "PostgreSQL (backup)", version: drill.backup.serverVersion });
    if (drill.backup.toolVersion !== "") tools.push({ name: isFile ? "SQLite library" : "pg_dump", version: drill.backup.toolVersion });
  }
  const restored = drill.target?.serverVersion ?? null;
  if (restored !== null) tools.push({ name: isFile ? "SQLite (restore)" : "PostgreSQL (restore)", version: restored });
  return tools;
}

/** Programs that restored and read the copy, as their steps tell: `pg_restore 17.12`. Each stands there once, however often it ran. */
async function toolsUsed(tx: Transaction, drillId: string): Promise<ReportContent["tools"]> {
  const rows = await tx
    .select({ run: runs.type, tool: sql<string>`${runSteps.facts} ->> 'tool'` })
    .from(runSteps)
    .innerJoin(runs, eq(runs.id, runSteps.runId))
    .where(and(eq(runs.drillId, drillId), inArray(runs.type, ["drill-restore", "drill-check"]), sql`${runSteps.facts} ? 'tool'`))
    .orderBy(asc(runs.queuedAt), asc(runs.id), asc(runSteps.ordinal));
  const used = new Set(rows.map(({ run, tool }) => (run === "drill-check" ? tool.replace(" ", " (checks) ") : tool)));
  return [...used].map((text) => {
    const end = text.lastIndexOf(" ");
    return { name: text.slice(0, end), version: text.slice(end + 1) };
  });
}

/** Steps that began, in order. The one that writes the report is still at it and cannot stand in it. */
async function stepsOf(tx: Transaction, drillId: string): Promise<ReportContent["steps"]> {
  const rows = await tx
    .select({ run: runs.type, step: runSteps })
    .from(runSteps)
    .innerJoin(runs, eq(runs.id, runSteps.runId))
    .where(eq(runs.drillId, drillId))
    .orderBy(asc(runs.queuedAt), asc(runs.id), asc(runSteps.ordinal));
  return rows
    .filter(({ run, step }) => run !== "drill-query" && step.code !== "write-report" && step.state !== "pending")
    .map(({ run, step: { code, state, startedAt, finishedAt } }) => ({
      run,
      code,
      state,
      startedAt: startedAt?.toISOString() ?? null,
      durationMs: startedAt === null || finishedAt === null ? null : Math.max(0, finishedAt.getTime() - startedAt.getTime()),
    }));
}

async function checksOf(tx: Transaction, drillId: string): Promise<ReportContent["checks"]> {
  const rows = await tx
    .select()
    .from(drillChecks)
    .where(eq(drillChecks.drillId, drillId))
    .orderBy(asc(drillChecks.ordinal), asc(drillChecks.key));
  let room = evidenceOfAll;
  return rows.map((row) => {
    const evidence = bounded(row.evidence, Math.min(evidenceOfOne, room));
    room -= evidence.length;
    return {
      key: row.key,
      type: row.type,
      name: row.name,
      mandatory: row.mandatory,
      definition: withHiddenBody(row.definition),
      state: row.state,
      expected: row.expected,
      actual: row.actual,
      reason: row.reason === null ? null : describeReason({ code: row.reason.code, params: wholeNumbers(row.reason.params) }),
      evidence,
      startedAt: row.startedAt?.toISOString() ?? null,
      durationMs: row.durationMs,
      decidedBy: row.decidedBy,
      note: row.note,
      attempts: row.attempts,
    };
  });
}

/** The beginning of a text, saying how much is missing. */
function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, Math.max(0, most))}\n… (${text.length - most} more characters, not part of the report)`;
}

/** Fractions would be written differently by other languages' JSON: they are told as text. */
function wholeNumbers(params: Params): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isSafeInteger(value) ? String(value) : value,
    ]),
  );
}

/** Half a surrogate pair (a text that was cut) cannot be written as UTF-8, nor hashed the same way twice. */
function wellFormed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_name, inner: unknown) => (typeof inner === "string" ? inner.toWellFormed() : inner))) as T;
}
