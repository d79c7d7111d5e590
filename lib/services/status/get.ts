import { eq, isNotNull } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/source-status";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { readSourceStatus } from "./read.ts";

/** The state of one source for other dashboards. Throws `not-found`. */
export async function getSourceStatus(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getSourceStatus>,
): Promise<EndpointOutput<typeof contract.getSourceStatus>> {
  authorise(context, "sources:read");
  const status = await readSourceStatus(context.db, input.params.id, context.now());
  const [row] = await context.db
    .select({ hasLink: isNotNull(sources.statusKeyHash).mapWith(Boolean) })
    .from(sources)
    .where(eq(sources.id, input.params.id));
  return { ...status, hasLink: row?.hasLink ?? false };
}
