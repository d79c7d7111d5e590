import type { ActorRef } from "../contracts/common.ts";
import type { Database } from "../db/client.ts";
import type { Permission, Role } from "../domain/permissions.ts";
import type { Keyring } from "../secrets/keyring.ts";

/** Who calls, as the edge identified it. `scopes` null: no narrowing. */
export type Actor = ActorRef & { readonly role: Role; readonly scopes: readonly Permission[] | null; readonly sessionId: string | null };

/** Lifeboat itself: start-up backups, reconciliation. */
export const systemActor: Actor = { type: "system", id: null, name: "Lifeboat", role: "admin", scopes: null, sessionId: null };

/**
 * What every verb gets first. Time, randomness and the outside are here and nowhere else, so that tests decide them.
 * `wake` tells some worker of the group that the run is due; a wake that gets lost costs a few seconds, never the run.
 */
export type ServiceContext = {
  readonly db: Database;
  readonly actor: Actor;
  readonly now: () => Date;
  readonly newUuid: () => string;
  readonly keyring: Keyring;
  readonly wake: (runId: string, workerGroup: string) => Promise<void>;
  /** Socket address of the caller (or the forwarded one behind a trusted proxy); null for the system. */
  readonly address: string | null;
  readonly requestId: string | null;
  /** How this process was set up, for the pages that show it; left out where nobody asks (tests, the supervisor). */
  readonly settings?: {
    readonly autoBackup: "enabled" | "disabled";
    /** Where uploads lie, as this process sees it. */
    readonly importFolder?: string;
  };
};
