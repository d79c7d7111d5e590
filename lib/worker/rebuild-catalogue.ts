import { openCatalogue } from "#lib/db/client";
import type { Keyring } from "#lib/secrets/keyring";
import { type ServiceContext, systemActor } from "#lib/services/context";
import { ensureLocalDestination } from "#lib/services/destinations/ensure-local";
import { rebuildFromStorage, type Rebuilding, type Rebuilt } from "#lib/services/setup/rebuild-from-storage";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { newUuid } from "#lib/services/new-uuid";

/** Rebuilds a catalogue from the packs and sidecars of a folder. See `rebuildFromStorage`. */
export async function rebuildCatalogue(options: {
  databaseUrl: string;
  backupDir: string;
  keyring: Keyring;
  signal: AbortSignal;
  onPack?: Rebuilding["onPack"];
}): Promise<Rebuilt> {
  const { databaseUrl, backupDir, keyring, signal, onPack } = options;
  const catalogue = openCatalogue(databaseUrl, { applicationName: "lifeboat-rebuild", max: 2 });
  const context: ServiceContext = {
    db: catalogue.db,
    actor: systemActor,
    now: () => new Date(),
    newUuid,
    keyring,
    wake: () => Promise.resolve(),
    address: null,
    requestId: null,
  };
  try {
    const { id } = await ensureLocalDestination(context, backupDir);
    const storage = createLocalStorage({ root: backupDir });
    return await rebuildFromStorage(context, { storage, destinationId: id, signal, ...(onPack === undefined ? {} : { onPack }) });
  } finally {
    await catalogue.close();
  }
}
