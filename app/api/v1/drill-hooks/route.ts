import * as contract from "#lib/contracts/drill-plans";
import { route } from "#lib/http/route";
import { getDrillHooks } from "#lib/services/drill-plans/hooks";

export const GET = route(contract.getDrillHooks, getDrillHooks);
