import * as contract from "#lib/contracts/drill-plans";
import { route } from "#lib/http/route";
import { listPlaybooks } from "#lib/services/drill-plans/playbooks";

export const GET = route(contract.listPlaybooks, listPlaybooks);
