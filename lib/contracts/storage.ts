import { z } from "zod";
import { backupKinds, sourceEngines } from "../domain/backup-state.ts";
import { count, idOf, instant, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

const usage = { backups: count, storedBytes: count, streamBytes: count };

export const getStorageUsage = defineEndpoint({
  id: "getStorageUsage",
  method: "GET",
  path: "/storage/usage",
  summary: "Space used by kind and by source, largest first, and what the destination has left",
  permission: "backups:read",
  response: z.object({
    total: z.object(usage),
    byKind: z.array(z.object({ kind: z.enum(backupKinds), ...usage })),
    bySource: z
      .array(z.object({ sourceId: idOf("source"), sourceName: z.string(), engine: z.enum(sourceEngines), chains: count, ...usage }))
      .max(1000),
    destinations: z.array(
      z.object({ id: idOf("destination"), name: z.string(), path: z.string(), freeBytes: count.nullable(), totalBytes: count.nullable() }),
    ),
  }),
});
export type StorageUsageDto = z.infer<typeof getStorageUsage.response>;

/** What the operators of such a system ask every morning, in one answer; each list has its own full address. */
export const getIntegrity = defineEndpoint({
  id: "getIntegrity",
  method: "GET",
  path: "/storage/integrity",
  summary: "Broken chains, backups never verified, failures of the last days, files that no row tells of",
  permission: "backups:read",
  query: z.object({ days: z.coerce.number().int().min(1).max(90).default(7) }),
  response: z.object({
    brokenChains: z
      .array(
        z.object({
          chainId: idOf("chain"),
          sourceId: idOf("source"),
          sourceName: z.string(),
          members: count,
          brokenMembers: count,
          reason,
        }),
      )
      .max(100),
    neverVerified: z.object({
      count,
      oldest: z.array(z.object({ backupId: idOf("backup"), sourceName: z.string(), snapshotAt: instant, storedBytes: count })).max(20),
    }),
    failures: z
      .array(z.object({ runId: idOf("run"), type: z.string(), sourceName: z.string().nullable(), at: instant, error: reason.nullable() }))
      .max(100),
    orphans: count,
    /** When storage was last compared with the catalogue; null: never. */
    scannedAt: instant.nullable(),
  }),
});
export type IntegrityDto = z.infer<typeof getIntegrity.response>;

export const orphan = z.object({
  key: z.string(),
  bytes: count,
  provenance: z.enum(["ours", "external", "unreadable"]),
  sourceName: z.string().nullable(),
  kind: z.enum(backupKinds).nullable(),
  snapshotAt: instant.nullable(),
  problem: reason.nullable(),
  foundAt: instant,
});
export type OrphanDto = z.infer<typeof orphan>;

export const listOrphans = defineEndpoint({
  id: "listOrphans",
  method: "GET",
  path: "/storage/orphans",
  summary: "Packs in storage that no row tells of, as the last scan found them",
  permission: "backups:read",
  response: z.object({ items: z.array(orphan).max(1000), total: count }),
});

export const scanStorage = defineEndpoint({
  id: "scanStorage",
  method: "POST",
  path: "/storage/scan",
  summary: "Compare storage with the catalogue: orphan packs, missing packs",
  permission: "backups:verify",
  response: runDetail,
  status: 202,
});

/** `import`: a trusted pack gets its rows back; `remove`: pack and sidecar are deleted. Both refuse a file that has a row by now. */
export const settleOrphans = defineEndpoint({
  id: "settleOrphans",
  method: "POST",
  path: "/storage/orphans",
  summary: "Take orphan packs back into the catalogue, or remove them",
  permission: "backups:delete",
  body: z.object({ action: z.enum(["import", "remove"]), keys: z.array(z.string().min(1).max(1024)).min(1).max(1000) }),
  response: runDetail,
  status: 202,
});
