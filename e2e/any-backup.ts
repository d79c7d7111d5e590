import { expect } from "playwright/test";
import { type BackupDto, listBackups } from "#lib/contracts/backups";
import { listSources } from "#lib/contracts/sources";
import type { ApiClient } from "./api-client.ts";

/** A backup of the sample; its first one may still be running when the journeys begin. */
export async function anyBackup(api: ApiClient): Promise<BackupDto> {
  // What other journeys imported or copied from files has no server to restore to.
  const found = async () => {
    const { items } = await api.ask(listBackups);
    // A source that a journey removed is gone at once; its backups are here until the removal of each was its turn.
    const there = new Set((await api.ask(listSources, { query: { limit: 200 } })).items.map(({ id }) => id));
    return items.find(
      ({ state, origin, extension, sourceId }) => state === "available" && origin === "made" && extension === "dump" && there.has(sourceId),
    );
  };
  await expect.poll(async () => (await found()) !== undefined).toBe(true);
  const backup = await found();
  if (backup === undefined) throw new Error("the sample has no backup");
  return backup;
}
