import { exportBackups as contract } from "#lib/contracts/exports";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { exportBackups, backupPieces } from "#lib/services/backups/export";

export const GET = route(
  contract,
  exportBackups,
  exportStream(contract, ({ query }) => query.format, backupPieces),
);
