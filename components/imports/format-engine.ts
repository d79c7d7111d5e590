import type { ImportFormat } from "#lib/domain/import-state";
import type { sourceEngines } from "#lib/domain/backup-state";

type Engine = (typeof sourceEngines)[number];

/** The kind of source that a file fits; null where only the import finds out (a pack tells inside). */
export function engineOf(format: ImportFormat): Engine | null {
  switch (format) {
    case "sqlite":
      return "sqlite";
    case "pg-custom":
    case "pg-plain":
    case "pg-directory-tar":
      return "postgres";
    case "lifeboat-pack":
      return null;
    default:
      return format satisfies never;
  }
}
