import { expect } from "playwright/test";
import { type BackupDto, listBackups } from "#lib/contracts/backups";
import type { ApiClient } from "./api-client.ts";

/** A backup of the sample; its first one may still be running when the journeys begin. */
export async function anyBackup(api: ApiClient): Promise<BackupDto> {
  // What other journeys imported or copied from files has no server to restore to.
  const found = async () =>
    (await api.ask(listBackups)).items.find(
      ({ state, origin, extension }) => state === "available" && origin === "made" && extension === "dump",
    );
  await expect.poll(async () => (await found()) !== undefined).toBe(true);
  const backup = await found();
  if (backup === undefined) throw new Error("the sample has no backup");
  return backup;
}
