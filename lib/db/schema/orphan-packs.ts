import { bigint, jsonb, text } from "drizzle-orm/pg-core";
import type { BackupKind } from "../../domain/backup-state.ts";
import type { Reason } from "../../domain/error.ts";
import { destinations } from "./destinations.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** A file in storage that no row of the catalogue tells of, as the last scan found it. A scan replaces all rows of its destination. */
export const orphanPacks = lifeboat.table("orphan_packs", {
  key: text("key").primaryKey(),
  destinationId: text("destination_id")
    .notNull()
    .references(() => destinations.id),
  bytes: bigint("bytes", { mode: "number" }).notNull(),
  /** `ours`: a trusted sidecar lies beside it and it can be taken back as it is; `external`: it is a pack, but nobody vouches for it; `unreadable`. */
  provenance: text("provenance").$type<"ours" | "external" | "unreadable">().notNull(),
  sourceName: text("source_name"),
  kind: text("kind").$type<BackupKind>(),
  snapshotAt: instantColumn("snapshot_at"),
  /** Why it cannot be imported; null when it can. */
  problem: jsonb("problem").$type<Reason>(),
  foundAt: instantColumn("found_at").notNull(),
});
