import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { changeMyPassword } from "#lib/services/people/change-my-password";

export const POST = route(contract.changeMyPassword, changeMyPassword);
