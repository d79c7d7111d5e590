import { z } from "zod";
import { count, idOf, instant, params, postgresName } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const tableName = z.object({ schema: postgresName, table: postgresName });
/** `schema.table` */
const shownName = z
  .string()
  .max(130)
  .regex(/^[^\u0000]*$/u, "no NUL");

/** What a source's daily fingerprint watches. */
export const fingerprintSettings = z.object({
  /** Tables whose content digest is kept, to see on which day it changed. */
  digests: z.array(tableName).max(200),
  /** Tables that ought to grow every day; null: learned from history. */
  growing: z.array(tableName).max(200).nullable(),
  /** Tables that may shrink or go without a word. */
  ignored: z.array(tableName).max(500),
});
export type FingerprintSettings = z.infer<typeof fingerprintSettings>;

export const fingerprintFindingCodes = [
  "table-gone",
  "table-shrank",
  "stopped-growing",
  "rows-shrank",
  "head-went-back",
  "digest-changed",
] as const;

const findingName = z.object({ code: z.enum(fingerprintFindingCodes), schema: z.string(), table: z.string() });

export const fingerprintFinding = findingName.extend({
  params,
  /** Somebody said that it was meant: it calls nobody any more, unless more is lost. */
  accepted: z.boolean().optional(),
});

export const fingerprint = z.object({
  id: idOf("fingerprint"),
  day: z.iso.date(),
  backupId: z.string(),
  at: instant,
  rowCount: count,
  tableCount: count,
  migrationHead: z.string().nullable(),
  /** The tables that were asked for, or the largest ones. */
  tables: z.array(z.object({ schema: z.string(), table: z.string(), rows: count, sha256: z.string().nullable() })),
  findings: z.array(fingerprintFinding),
});
export type FingerprintDto = z.infer<typeof fingerprint>;

const bySource = z.object({ id: idOf("source") });

export const listFingerprints = defineEndpoint({
  id: "listFingerprints",
  method: "GET",
  path: "/sources/{id}/fingerprints",
  summary: "The daily fingerprints of a source, newest first; one a day, of its newest good backup",
  permission: "sources:read",
  params: bySource,
  query: z.object({ days: z.coerce.number().int().min(1).max(400).default(90), table: shownName.optional() }),
  response: z.object({ settings: fingerprintSettings, version: z.number().int(), items: z.array(fingerprint) }),
});

export const updateFingerprintSettings = defineEndpoint({
  id: "updateFingerprintSettings",
  method: "PATCH",
  path: "/sources/{id}/fingerprints",
  summary: "Change what the daily fingerprint watches",
  permission: "policies:write",
  params: bySource,
  body: fingerprintSettings.partial(),
  response: z.object({ settings: fingerprintSettings, version: z.number().int() }),
  ifMatch: true,
});

export const acceptFingerprint = defineEndpoint({
  id: "acceptFingerprint",
  method: "POST",
  path: "/sources/{id}/fingerprints/accept",
  summary: "Say of what is unusual about the newest fingerprint that it was meant; what is not unusual (any more) is passed over",
  permission: "policies:write",
  params: bySource,
  body: z.object({ findings: z.array(findingName).min(1).max(100) }),
  /** How many are accepted by this. */
  response: z.object({ accepted: count }),
});
