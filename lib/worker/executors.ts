import type { RunType } from "#lib/domain/run-state";
import { executeBackup } from "#lib/services/backups/execute";
import { executeRemove } from "#lib/services/backups/execute-remove";
import { executeSynthesize } from "#lib/services/backups/execute-synthesize";
import { executeVerify } from "#lib/services/backups/execute-verify";
import { executeVerifyChain } from "#lib/services/chains/execute-verify";
import { executeDrillCheck } from "#lib/services/drills/execute-check";
import { executeDrillClose } from "#lib/services/drills/execute-close";
import { executeDrillPrepare } from "#lib/services/drills/execute-prepare";
import { executeDrillQuery } from "#lib/services/drills/execute-query";
import { executeDrillRestore } from "#lib/services/drills/execute-restore";
import { executeGateCheck } from "#lib/services/gates/execute-check";
import { executeImport } from "#lib/services/imports/execute";
import { executeListFolder } from "#lib/services/imports/execute-list-folder";
import { executeCleanUpSource } from "#lib/services/policies/execute-clean-up";
import { executeRestore } from "#lib/services/restores/execute";
import { executeCleanUp, executeUndo } from "#lib/services/restores/execute-follow-up";
import { executePreview } from "#lib/services/restores/execute-preview";
import type { RunWork } from "#lib/services/runs/work";
import { executeScanStorage } from "#lib/services/storage/execute-scan";
import { executeCheck } from "#lib/services/servers/execute-check";
import { executeCheckFile } from "#lib/services/sources/execute-check-file";

/** Who does what. An executor ends its run itself, in the transaction that commits its result; what it throws fails the run. */
export const executors: Record<RunType, (work: RunWork) => Promise<void>> = {
  backup: executeBackup,
  verify: executeVerify,
  restore: executeRestore,
  delete: executeRemove,
  "undo-replace": executeUndo,
  "clean-up-replace": executeCleanUp,
  "verify-chain": executeVerifyChain,
  synthesize: executeSynthesize,
  "scan-storage": executeScanStorage,
  import: executeImport,
  "list-import-folder": executeListFolder,
  "check-file": executeCheckFile,
  "check-server": executeCheck,
  "preview-restore": executePreview,
  "drill-prepare": executeDrillPrepare,
  "drill-restore": executeDrillRestore,
  "drill-check": executeDrillCheck,
  "drill-close": executeDrillClose,
  "drill-query": executeDrillQuery,
  "clean-up": executeCleanUpSource,
  "gate-check": executeGateCheck,
};
