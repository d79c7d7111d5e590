/** Answers that change with a policy, or with which policy a source goes by. */
export const policyChanges = ["listPolicies", "getPolicy", "getSource", "listSources", "simulateRetention"] as const;

/** Answers that change when backups go to the trash or come back. */
export const trashChanges = [
  "listTrash",
  "listBackups",
  "getBackup",
  "getSource",
  "listSources",
  "getChain",
  "listChains",
  "listRestorePoints",
  "getOverview",
  "simulateRetention",
] as const;
