import type { EndpointInput } from "#lib/contracts/endpoint";
import type { GateDto, getGate as contract } from "#lib/contracts/gates";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadGate } from "./rows.ts";

/** One gate. Throws `not-found`. */
export function getGate(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<GateDto> {
  authorise(context, "gates:read");
  return loadGate(context.db, input.params.id);
}
