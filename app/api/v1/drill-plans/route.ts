import * as contract from "#lib/contracts/drill-plans";
import { route } from "#lib/http/route";
import { listDrillPlans } from "#lib/services/drill-plans/list";

export const GET = route(contract.listDrillPlans, listDrillPlans);
