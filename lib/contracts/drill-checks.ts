import { z } from "zod";
import { builtInChecks } from "../domain/drill-checks.ts";
import { postgresName, text } from "./common.ts";

/** Unique within a plan; stays when the check is renamed, so that drills can be compared. */
const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "lower-case letters, digits and hyphens");

const always = {
  key,
  /** Empty for a built-in one: it has a name in every language. */
  name: text(120),
  /** A mandatory check that does not pass fails the drill; an advisory one is a finding. */
  mandatory: z.boolean(),
};

/** Names of what the host's configuration declares; what they start is never typed in a browser. */
const declaredName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "a name of the host's configuration");

const builtIn = z.object({
  ...always,
  type: z.enum(builtInChecks).exclude(["newest-row", "size", "migration-head"]),
});

const newestRow = z.object({
  ...always,
  type: z.literal("newest-row"),
  schema: postgresName,
  table: postgresName,
  /** Of type date, timestamp or timestamptz (as UTC). */
  column: postgresName,
  /** Older than so many minutes before the backup's snapshot fails. */
  maxAgeMinutes: z.number().int().min(1).max(5_256_000),
});

const size = z.object({
  ...always,
  type: z.literal("size"),
  /** Per cent of the previous drill's size that it may shrink and grow by. */
  shrinkPercent: z.number().int().min(0).max(100),
  growPercent: z.number().int().min(0).max(100_000),
});

const migrationHead = z.object({
  ...always,
  type: z.literal("migration-head"),
  /** Also compared with the head that this application declares; null: only with the one that was recorded. */
  application: declaredName.nullable(),
});

export const sqlComparisons = ["=", "!=", "<", "<=", ">", ">="] as const;

/** `value`: the first column of the one row; numbers are compared as numbers. `rows`: every row in order, as text; null is null. */
const sqlExpectation = z.discriminatedUnion("type", [
  z.object({ type: z.literal("value"), comparison: z.enum(sqlComparisons), value: z.string().max(1000) }),
  z.object({ type: z.literal("rows"), rows: z.array(z.array(z.string().max(1000).nullable()).max(50)).max(200) }),
]);

const sql = z.object({ ...always, type: z.literal("sql"), sql: z.string().trim().min(1).max(20_000), expect: sqlExpectation });

/** Stands for a body that is kept from who reads: it may hold a password. Sent back to a plan, it means the body that is stored. */
export const hiddenBody = "(hidden)";

const http = z.object({
  ...always,
  type: z.literal("http"),
  application: declaredName,
  /** On the application's own address: only a path, never another host. */
  path: z.string().regex(/^\/(?!\/)[^\s\\]{0,999}$/, "a path that begins with /"),
  method: z.enum(["GET", "POST"]),
  /** Sent with POST as JSON when it is JSON, else as a form. `(hidden)` in drills, reports, and plans that are read without `drills:plan`. */
  body: z.string().max(10_000),
  status: z.number().int().min(100).max(599),
  /** A regular expression that the body must match; empty: any body. */
  bodyPattern: z.string().max(500),
});

const command = z.object({ ...always, type: z.literal("command"), command: declaredName });

const manual = z.object({ ...always, type: z.literal("manual"), question: text(1000).min(1), hint: text(2000) });

export const checkDefinition = z.discriminatedUnion("type", [builtIn, newestRow, size, migrationHead, sql, http, command, manual]);
export type CheckDefinition = z.infer<typeof checkDefinition>;

/** A plan's checks, in the order in which they run. */
export const checkSet = z
  .array(checkDefinition)
  .max(200)
  .refine((checks) => new Set(checks.map((check) => check.key)).size === checks.length, "every check has a key of its own");
