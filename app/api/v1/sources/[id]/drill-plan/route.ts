import * as contract from "#lib/contracts/drill-plans";
import { route } from "#lib/http/route";
import { getDrillPlan } from "#lib/services/drill-plans/get";
import { updateDrillPlan } from "#lib/services/drill-plans/update";

export const GET = route(contract.getDrillPlan, getDrillPlan);
export const PATCH = route(contract.updateDrillPlan, updateDrillPlan);
