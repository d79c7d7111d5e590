import { join } from "node:path";
import type { Actor, ServiceContext } from "#lib/services/context";
import { importFolderName } from "#lib/services/imports/import-file";
import { newUuid } from "#lib/services/new-uuid";
import type { Runtime } from "./runtime.ts";

/** What a request hands to its verb. */
export function serviceContext(
  runtime: Runtime,
  actor: Actor,
  request: { address: string | null; requestId: string | null },
): ServiceContext {
  return {
    db: runtime.catalogue.db,
    actor,
    now: () => new Date(),
    newUuid,
    keyring: runtime.keyring,
    wake: runtime.wake,
    settings: {
      autoBackup: runtime.env.disableAutoBackup ? "disabled" : "enabled",
      importFolder: join(runtime.env.backupDir, importFolderName),
    },
    ...request,
  };
}
