import { backupKinds } from "#lib/domain/backup-state";

export const proofFilters = ["stored", "verified", "proven", "unverified", "failed"] as const;
export const backupSorts = ["-snapshotAt", "snapshotAt", "-streamBytes", "streamBytes", "-storedBytes", "storedBytes"] as const;

/** What the address of the list of backups may hold. */
export const backupListSpec = {
  q: "text",
  source: "text",
  kind: backupKinds,
  proof: proofFilters,
  pinned: ["true"],
  sort: backupSorts,
} as const;

/** The API's query for an address's values: an id that is none is left out, because the API would refuse it. */
export function backupListQuery(values: {
  q?: string;
  source?: string;
  kind?: (typeof backupKinds)[number];
  proof?: (typeof proofFilters)[number];
  pinned?: "true";
  sort?: (typeof backupSorts)[number];
}) {
  const { q, source, kind, proof, pinned, sort } = values;
  return { q, source: /^src_[0-9a-f]{32}$/.test(source ?? "") ? source : undefined, kind, proof, pinned, sort };
}
