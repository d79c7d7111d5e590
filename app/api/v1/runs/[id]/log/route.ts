import * as contract from "#lib/contracts/runs";
import { route } from "#lib/http/route";
import { runLogStream } from "#lib/http/run-log-stream";
import { getRunLog } from "#lib/services/runs/log";

export const GET = route(contract.getRunLog, getRunLog, runLogStream(getRunLog));
