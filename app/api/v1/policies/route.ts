import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { createPolicy } from "#lib/services/policies/create";
import { listPolicies } from "#lib/services/policies/list";

export const GET = route(contract.listPolicies, listPolicies);
export const POST = route(contract.createPolicy, createPolicy);
