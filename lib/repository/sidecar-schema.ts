import { z } from "zod";
import { backupKinds, environments } from "#lib/domain/backup-state";
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
  origin: z.enum(["made", "imported", "external"]),
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
});

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
    engine: z.literal("postgres"),
    database: z.string(),
    environment: z.enum(environments),
  }),
  /** Where the source lived: enough to name it, never enough to sign in. */
  server: z.object({ id, slug: z.string(), name: z.string(), host: z.string(), port: z.number().int() }),
  chain: z.object({
    id,
    seed: z.string().regex(/^[0-9a-f]{32}$/),
    averageSegmentBytes: size,
    formatVersion: z.number().int(),
    createdAt: instant,
  }),
  dependencies: z.array(z.object({ backupId: id, reason: z.enum(["packs", "combine", "wal"]) })),
  streams: z.array(z.object({ name: z.string(), bytes: size, sha256: hex64, rootHash: hex64, segments: size })),
  packs: z.array(z.object({ packId: id, key: z.string(), bytes: size, packSha256: hex64, storedBytes: size, storedSha256: hex64 })),
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
