import { z } from "zod";
import { drillVerdicts } from "../domain/drill-state.ts";
import { count, idOf, instant, text } from "./common.ts";
import { drillCheck, drillClock, drilledBackup, drillEvent, drillTarget } from "./drills.ts";
import { defineEndpoint } from "./endpoint.ts";

/** What is signed. Written once, when the drill is closed; every name is as it was then. All numbers are whole. */
export const reportContent = z.object({
  format: z.literal("lifeboat-drill-report"),
  formatVersion: z.literal(1),
  id: idOf("report"),
  /** Of this installation's chain of reports, from 1. */
  sequence: z.number().int().min(1),
  /** SHA-256 of the report before; 64 zeros for the first. */
  previousSha256: z.string().regex(/^[0-9a-f]{64}$/),
  installationId: z.string(),
  lifeboatVersion: z.string(),
  writtenAt: instant,
  drill: z.object({
    id: idOf("drill"),
    trigger: z.string(),
    unattended: z.boolean(),
    startedAt: instant,
    closedAt: instant,
    operatorName: z.string(),
  }),
  source: z.object({
    id: idOf("source"),
    name: z.string(),
    engine: z.string(),
    environment: z.string(),
    serverName: z.string().nullable(),
    database: z.string(),
  }),
  backup: drilledBackup.nullable(),
  target: drillTarget.nullable(),
  tools: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Every step of every run, in order. */
  steps: z.array(
    z.object({ run: z.string(), code: z.string(), state: z.string(), startedAt: instant.nullable(), durationMs: count.nullable() }),
  ),
  clock: drillClock,
  verdict: z.enum(drillVerdicts),
  checks: z.array(drillCheck.omit({ ordinal: true })),
  findings: z.array(z.object({ text: z.string(), action: z.string() })),
  improvement: z.string(),
  playbookVersion: z.number().int(),
  events: z.array(drillEvent),
  cleanUp: z.object({ at: instant, databases: count, processes: count, folders: count, files: count, detail: z.string() }).nullable(),
  signOff: z.object({ name: z.string(), at: instant, userId: z.string().nullable() }),
  incidentId: z.string().nullable(),
  nextDueAt: instant.nullable(),
});
export type ReportContent = z.infer<typeof reportContent>;

/** The file that auditors get. `sha256` and `signature` are over the canonical form of `report` (RFC 8785). */
export const signedReport = z.object({
  report: reportContent,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.object({ algorithm: z.literal("Ed25519"), keyId: z.string(), value: z.string() }),
});
export type SignedReport = z.infer<typeof signedReport>;

/**
 * What is wrong with a report, most basic first; `reports.problem.<code>` holds their words. `not-json`, `not-a-report` and `not-canonical` are of files
 * alone: a file is the canonical form of all of it, so that not even a space can be added. `row-differs`: the catalogue's row says something else of it
 * than it says itself. `not-here`: this installation has no such report. `stored-differs`: it has another one under that id.
 */
export const reportProblems = [
  "not-json",
  "not-a-report",
  "not-canonical",
  "hash",
  "key-unknown",
  "signature",
  "row-differs",
  "previous-missing",
  "previous-differs",
  "next-missing",
  "next-differs",
  "not-here",
  "stored-differs",
] as const;
export type ReportProblem = (typeof reportProblems)[number];

export const reportNote = z.object({ id: idOf("reportNote"), at: instant, authorName: z.string(), text: z.string() });

export const reportDetail = z.object({
  signed: signedReport,
  /** Corrections that came after closing; they are not part of what is signed. */
  notes: z.array(reportNote),
  /** Looked at now: hash, signature, and the reports before and after it. */
  verification: z.object({ ok: z.boolean(), problems: z.array(z.enum(reportProblems)), checkedAt: instant, reportsInChain: count }),
});
export type ReportDetailDto = z.infer<typeof reportDetail>;

const byId = z.object({ id: idOf("drill") });
const publicKeys = z.object({ keys: z.array(z.object({ id: z.string(), publicKey: z.string(), createdAt: instant })) });

export const getDrillReport = defineEndpoint({
  id: "getDrillReport",
  method: "GET",
  path: "/drills/{id}/report",
  summary: "The signed report of a closed drill, with its notes and whether it is untouched",
  permission: "drills:read",
  params: byId,
  response: reportDetail,
});

export const reportFormats = ["pdf", "markdown", "json"] as const;

export const downloadDrillReport = defineEndpoint({
  id: "downloadDrillReport",
  method: "GET",
  path: "/drills/{id}/report/file",
  summary: "The report as a file; json is the signed one",
  permission: "drills:read",
  params: byId,
  query: z.object({ format: z.enum(reportFormats).default("pdf"), language: z.enum(["en", "es"]).optional() }),
  response: z.string(),
});

export const addReportNote = defineEndpoint({
  id: "addReportNote",
  method: "POST",
  path: "/drills/{id}/report/notes",
  summary: "Add a correction; nothing of a report is ever changed",
  permission: "drills:operate",
  params: byId,
  body: z.object({ text: text(4000).min(1) }),
  response: reportDetail,
  status: 201,
});

export const getReportKey = defineEndpoint({
  id: "getReportKey",
  method: "GET",
  path: "/report-key",
  summary: "The public keys that reports are signed with, as PEM, newest first",
  permission: "drills:read",
  response: publicKeys,
});

export const renewReportKey = defineEndpoint({
  id: "renewReportKey",
  method: "POST",
  path: "/report-key",
  summary:
    "Make a new key for reports from now on, for example because the installation's key was lost; earlier reports stay valid under theirs",
  permission: "drills:plan",
  response: publicKeys,
  status: 201,
});

export const checkReportFile = defineEndpoint({
  id: "checkReportFile",
  method: "POST",
  path: "/report-check",
  summary: "Whether a report file is one of ours and untouched",
  permission: "drills:read",
  body: z.object({ text: z.string().max(5_000_000) }),
  bodyLimitBytes: 12_000_000,
  response: z.object({
    ok: z.boolean(),
    problems: z.array(z.enum(reportProblems)),
    /** What it says of itself; null when it cannot be read. */
    report: z
      .object({ id: z.string(), sequence: z.number().int(), sourceName: z.string(), verdict: z.string(), writtenAt: z.string() })
      .nullable(),
  }),
});
