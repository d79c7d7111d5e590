import { exportRuns as contract } from "#lib/contracts/exports";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { exportRuns, runPieces } from "#lib/services/runs/export";

export const GET = route(
  contract,
  exportRuns,
  exportStream(contract, ({ query }) => query.format, runPieces),
);
