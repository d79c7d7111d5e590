import * as contract from "#lib/contracts/gates";
import { route } from "#lib/http/route";
import { listGates } from "#lib/services/gates/list";
import { createGate } from "#lib/services/gates/start";

export const GET = route(contract.listGates, listGates);
export const POST = route(contract.createGate, createGate);
