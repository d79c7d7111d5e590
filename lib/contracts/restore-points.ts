import { z } from "zod";
import { backupKinds, backupOrigins } from "../domain/backup-state.ts";
import { meter } from "./backups.ts";
import { count, idOf, instant, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/**
 * A time, or a stretch of time, to which a source can be restored. A `snapshot` is one instant (`from` equals `to`); a `range`, with
 * which any instant in it can be had, joins with point-in-time recovery.
 */
export const restorePoint = z.object({
  type: z.enum(["snapshot", "range"]),
  from: instant,
  to: instant,
  backupId: idOf("backup"),
  chainId: idOf("chain"),
  kind: z.enum(backupKinds),
  origin: z.enum(backupOrigins),
  label: z.string(),
  meter,
  streamBytes: count,
  storedBytes: count,
  /** Packs that a restore reads, its own included. */
  packs: count,
  /** Why it cannot be restored; null when, as far as is known, it can. */
  blocker: reason.nullable(),
});
export type RestorePointDto = z.infer<typeof restorePoint>;

/** A stretch without a restore point that is much longer than is usual for the source. `to` null: it lasts until now. */
export const restoreGap = z.object({ from: instant, to: instant.nullable(), seconds: count });

/** A backup that was to be and is not: it failed, or was cancelled. */
export const missedRun = z.object({ runId: idOf("run"), at: instant, state: z.enum(["failed", "cancelled"]), error: reason.nullable() });

export const listRestorePoints = defineEndpoint({
  id: "listRestorePoints",
  method: "GET",
  path: "/restore-points",
  summary: "Times to which a source can be restored, oldest first, with gaps and missed runs; at most the 1,000 newest of the range",
  permission: "backups:read",
  query: z.object({ source: idOf("source"), from: instant.optional(), to: instant.optional() }),
  response: z.object({
    sourceId: idOf("source"),
    /** The catalogue's clock. */
    now: instant,
    points: z.array(restorePoint),
    truncated: z.boolean(),
    gaps: z.array(restoreGap),
    missed: z.array(missedRun),
    /** What is usual between two points of this source, in seconds; null with fewer than three points. */
    usualSeconds: count.nullable(),
  }),
});
export type RestorePointsDto = z.infer<typeof listRestorePoints.response>;
