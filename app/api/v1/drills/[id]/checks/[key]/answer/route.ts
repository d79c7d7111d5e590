import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { answerDrillCheck } from "#lib/services/drills/answer";

export const POST = route(contract.answerDrillCheck, answerDrillCheck);
