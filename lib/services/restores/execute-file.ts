import { LifeboatError } from "#lib/domain/error";
import type { RunWork } from "../runs/work.ts";
import { settleUntouched } from "./created-database.ts";
import type { RestoreRow } from "./rows.ts";

/** Restores into a file of this host. Throws `files-not-allowed`: no folder is configured. */
export async function executeFileRestore({ db, run }: RunWork, _restore: RestoreRow): Promise<void> {
  await settleUntouched(db, run.id);
  throw new LifeboatError("files-not-allowed");
}
