import { listProvenSources as contract } from "#lib/contracts/drill-history";
import { route } from "#lib/http/route";
import { listProvenSources } from "#lib/services/drills/history/proven";

export const GET = route(contract, listProvenSources);
