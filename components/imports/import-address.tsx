import type { ImportDto } from "#lib/contracts/imports";

/** The import that an address names (`?import=imp_…`); what cannot be an id is none. */
export function importIdIn(params: { get(name: string): string | null }): string | null {
  const id = params.get("import");
  return id !== null && /^[a-z]{3}_[0-9a-f]{32}$/.test(id) ? id : null;
}

/** Where a row of the list leads: on with what is unfinished, to what became of the rest. */
export function importHref({ id, state, runId, backupId }: Pick<ImportDto, "id" | "state" | "runId" | "backupId">): string {
  if (state === "done" && backupId !== null) return `/backups/${backupId}`;
  if (state === "running" && runId !== null) return `/runs/${runId}`;
  return `/imports/new?import=${id}`;
}
