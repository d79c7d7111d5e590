import { exportSources as contract } from "#lib/contracts/exports";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { exportSources, sourcePieces } from "#lib/services/sources/export";

export const GET = route(
  contract,
  exportSources,
  exportStream(contract, ({ query }) => query.format, sourcePieces),
);
