import type { RestoreDetailDto } from "#lib/contracts/restores";

/** What a restore that succeeded did, in a line. */
export function restoreSentence({ outcome, database, targetPath, backupId, comparison, replacement }: Restored): string {
  const equal = comparison === null ? [] : [`${comparison.equal} tables equal the backup`];
  const kept = replacement === null || replacement.keptName === null ? [] : [`the old database is kept as ${replacement.keptName}`];
  const safety = replacement === null || replacement.safetyBackupId === null ? [] : [`safety backup ${replacement.safetyBackupId}`];
  return [`${outcome} ${targetPath ?? database} from ${backupId}`, ...equal, ...kept, ...safety].join("; ");
}

/** What a restore that failed left behind: people work in the database of that name. Null where there is nothing to say. */
export function leftBehind(restore: Left, baseUrl: string): string | null {
  const { id, mode, outcome, replacement, database, targetPath, facts } = restore;
  const name = targetPath ?? database;
  if (outcome === "pending" || replacement?.answers === "unsettled")
    return `what became of ${name} is not known yet; look at ${baseUrl}/restores/${id}`;
  if (mode === "replace") {
    if (outcome === "replaced" || replacement?.answers === "new") return `${name} is replaced all the same`;
    const keptAs = facts["keptAs"];
    return `${name} is as it was${typeof keptAs === "string" ? `; the copy that failed is kept as ${keptAs}` : ""}`;
  }
  if (outcome === "kept-after-failure") return `${name} is kept as far as it was filled`;
  return outcome === "removed" ? `nothing is left of ${name}` : null;
}

export type Restored = Pick<RestoreDetailDto, "outcome" | "database" | "targetPath" | "backupId" | "comparison" | "replacement">;
export type Left = Pick<RestoreDetailDto, "id" | "mode" | "outcome" | "replacement" | "database" | "targetPath" | "facts">;
