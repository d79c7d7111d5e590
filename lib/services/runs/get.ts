import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/runs";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "./load.ts";

/** One run with its steps and progress. Throws `not-found`. */
export async function getRun(context: ServiceContext, input: EndpointInput<typeof contract.getRun>): Promise<contract.RunDetailDto> {
  authorise(context, "runs:read");
  return loadRunDetail(context.db, input.params.id);
}
