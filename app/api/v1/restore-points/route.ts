import * as contract from "#lib/contracts/restore-points";
import { route } from "#lib/http/route";
import { listRestorePoints } from "#lib/services/restore-points/list";

export const GET = route(contract.listRestorePoints, listRestorePoints);
