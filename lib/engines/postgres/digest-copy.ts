import type { EngineContext, RestoreRequest, TableDigest } from "../port.ts";
import type { Deps } from "./engine-options.ts";
import { readCopy } from "./read-copy.ts";

/** Dumps the copy's rows through the reader that read the backup, to nowhere, and returns every table's count and digest. */
export async function digestCopy(deps: Deps, request: RestoreRequest, context: EngineContext): Promise<readonly TableDigest[]> {
  return (await readCopy(deps, request, { dataOnly: true }, context)).tables;
}
