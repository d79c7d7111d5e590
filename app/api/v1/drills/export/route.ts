import { exportDrills as contract } from "#lib/contracts/drill-history";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { drillPieces, exportDrills } from "#lib/services/drills/history/export";

export const GET = route(
  contract,
  exportDrills,
  exportStream(contract, ({ query }) => query.format, drillPieces),
);
