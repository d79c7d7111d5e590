import type { RestoreInput } from "#lib/contracts/restores";
import { LifeboatError } from "#lib/domain/error";
import type { BackupFacts } from "../backups/facts.ts";
import type { RunWork } from "../runs/work.ts";
import type { PreviewTarget } from "./preview-output.ts";
import type { FileTarget } from "./resolve-order.ts";

/** What a restore into a file would meet. Throws `files-not-allowed`: no folder is configured. */
export function inspectFile(
  _work: RunWork,
  _facts: BackupFacts,
  _order: Pick<RestoreInput, "mode" | "ignoreOpenFile"> & FileTarget,
): Promise<PreviewTarget> {
  return Promise.reject(new LifeboatError("files-not-allowed"));
}
