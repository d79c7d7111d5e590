import { setTimeout as delay } from "node:timers/promises";
import { backUpCatalogue, type CatalogueBackupOptions, catalogueBackupIsDue } from "./catalogue-backup.ts";

const lookMs = 15 * 60_000;
const firstLookMs = 60_000;

/** Backs the catalogue up once a day, also after days without a start. A failure is said and tried again. Returns how to stop it. */
export function keepBackingUp(options: CatalogueBackupOptions, say: (line: string) => void): () => Promise<void> {
  const stopping = new AbortController();
  const look = async () => {
    let pauseMs = firstLookMs;
    for (;;) {
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      pauseMs = lookMs;
      try {
        if (await catalogueBackupIsDue(options.backupDir, new Date())) await backUpCatalogue(options, new Date());
      } catch (error) {
        options.logger.error("the catalogue was not backed up", { error });
        say(`The catalogue was not backed up: ${(error as Error).message}`);
      }
    }
  };
  const done = look();
  return async () => {
    stopping.abort();
    await done;
  };
}
