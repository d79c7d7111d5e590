import { z } from "zod";
import { backupKinds, backupOrigins, environments, sourceEngines, streamExtensions } from "#lib/domain/backup-state";
import type { ErrorCode } from "#lib/domain/error";
import { runTriggers } from "#lib/domain/run-state";

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().nonnegative();
const id = z.string().min(1).max(100);
const instant = z.iso.datetime();
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const tableRef = z.object({ schema: z.string(), table: z.string() });

const backup = z.object({
  id,
  runId: z.string().nullable(),
  kind: z.enum(backupKinds),
  baseId: z.string().nullable(),
  parentId: z.string().nullable(),
  origin: z.enum(backupOrigins),
  trigger: z.enum(runTriggers),
  reason: z.string(),
  label: z.string(),
  note: z.string(),
  pinned: z.boolean(),
  database: z.string(),
  snapshotAt: instant,
  startedAt: instant,
  finishedAt: instant,
  serverVersion: z.string(),
  toolVersion: z.string(),
  fileName: z.string(),
  fencingToken: z.number().int().nonnegative().optional(),
  createdBy: z.object({ type: z.enum(["user", "token", "system"]), id: z.string().nullable(), name: z.string() }),
  askedKind: z.enum(backupKinds).nullable().optional(),
  kindReason: z
    .object({ code: z.custom<ErrorCode>((value) => typeof value === "string"), params })
    .nullable()
    .optional(),
  derivedFromId: z.string().nullable().optional(),
  dataTakenAt: instant.nullable().optional(),
  extension: z.enum(streamExtensions).optional(),
  imported: z
    .object({ fileName: z.string(), bytes: size, sha256: z.string(), format: z.string(), takenFrom: z.enum(["file", "asked", "sidecar"]) })
    .nullable()
    .optional(),
});

const packFacts = z.object({ packId: id, key: z.string(), bytes: size, packSha256: hex64, storedBytes: size, storedSha256: hex64 });

/** Another backup's pack that the recipe names; what it must be is left out where it was not known when the sidecar was written. */
const need = packFacts
  .partial({ bytes: true, packSha256: true, storedBytes: true, storedSha256: true })
  .extend({ backupId: id, readBytes: size, ranges: size });

const properties = z.object({
  owner: z.string(),
  encoding: z.string(),
  localeProvider: z.string(),
  collate: z.string(),
  ctype: z.string(),
  icuLocale: z.string().nullable(),
  acl: z.array(z.string()),
  settings: z.array(z.object({ role: z.string().nullable(), setting: z.string() })),
  comment: z.string().nullable(),
  connectionLimit: z.number().int(),
});

const manifest = z.object({
  properties: properties.nullable(),
  extensions: z.array(z.object({ name: z.string(), version: z.string(), schema: z.string() })),
  roles: z.array(z.string()),
  tablespaces: z.array(z.string()),
  globalsSql: z.string().nullable(),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), lastValue: z.string() })),
  migrationHead: z.object({ tool: z.string(), head: z.string() }).nullable(),
  excludedSchemas: z.array(z.string()),
  excludedTables: z.array(tableRef),
});

/**
 * Everything that a backup's catalogue rows are rebuilt from, without secrets. Normative in docs/format.md; a field is only ever
 * added, and optional then.
 */
export const sidecarFacts = z.object({
  installationId: id,
  backup,
  source: z.object({
    id,
    slug: z.string(),
    name: z.string(),
    engine: z.enum(sourceEngines),
    database: z.string(),
    environment: z.enum(environments),
    /** Of a file. */
    path: z.string().nullable().optional(),
    workerGroup: z.string().nullable().optional(),
  }),
  /** Where the source lived: enough to name it, never enough to sign in. Null for a file. */
  server: z.object({ id, slug: z.string(), name: z.string(), host: z.string(), port: z.number().int() }).nullable(),
  chain: z.object({
    id,
    seed: z.string().regex(/^[0-9a-f]{32}$/),
    averageSegmentBytes: size,
    formatVersion: z.number().int(),
    createdAt: instant,
  }),
  /** Chains whose place this full took. */
  supersedes: z.array(z.object({ chainId: id, retiredAt: instant })).optional(),
  dependencies: z.array(z.object({ backupId: id, reason: z.enum(["packs", "combine", "wal"]) })),
  streams: z.array(z.object({ name: z.string(), bytes: size, sha256: hex64, rootHash: hex64, segments: size })),
  packs: z.array(packFacts),
  needs: z.array(need).optional(),
  /** Of a member: a line for each run of frames that makes the stream, `<0: own pack, n: n-th of needs> <offset> <length>`. */
  recipe: z
    .string()
    .regex(/^(\d+ \d+ \d+\n)*$/)
    .optional(),
  tables: z.array(tableRef.extend({ rows: size, bytes: size, sha256: hex64, excluded: z.boolean() })),
  manifest: manifest.nullable(),
  warnings: z.array(z.string()),
  anomalies: z.array(z.object({ code: z.string(), params })),
});
export type SidecarFacts = z.infer<typeof sidecarFacts>;

export const sidecarFormat = "lifeboat-sidecar";
export const sidecarVersion = 1;

export const sidecarDocument = sidecarFacts.extend({
  format: z.literal(sidecarFormat),
  formatVersion: z.literal(sidecarVersion),
  hmac: z.object({ algorithm: z.literal("hmac-sha256"), keyId: z.string(), value: hex64 }),
});
