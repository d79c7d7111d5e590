import { bigint, integer, primaryKey, text } from "drizzle-orm/pg-core";
import { backups } from "./backups.ts";
import { lifeboat } from "./schema.ts";

/** The named streams of a backup: `base` for a logical dump; tablespaces, WAL and a manifest join with physical ones. */
export const backupStreams = lifeboat.table(
  "backup_streams",
  {
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    /** What `sha256sum` prints of the stream. */
    sha256: text("sha256").notNull(),
    /** SHA-256 over the ordered (length, segment SHA-256) list. */
    rootHash: text("root_hash").notNull(),
    segments: integer("segments").notNull(),
  },
  (table) => [primaryKey({ columns: [table.backupId, table.name] })],
);
