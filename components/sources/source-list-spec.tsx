import { environments } from "#lib/domain/backup-state";

/** What the address of the list of sources may hold. */
export const sourceListSpec = { q: "text", environment: environments } as const;
