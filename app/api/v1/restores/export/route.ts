import { exportRestores as contract } from "#lib/contracts/exports";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { exportRestores, restorePieces } from "#lib/services/restores/export";

export const GET = route(
  contract,
  exportRestores,
  exportStream(contract, ({ query }) => query.format, restorePieces),
);
