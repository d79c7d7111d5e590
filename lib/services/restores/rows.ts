import type { replacements } from "#lib/db/schema/replacements";
import type { restores } from "#lib/db/schema/restores";

export type RestoreRow = typeof restores.$inferSelect;
export type ReplacementRow = typeof replacements.$inferSelect;
