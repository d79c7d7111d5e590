import { eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/source-status";
import { sources } from "#lib/db/schema/sources";
import { newToken, tokenHash, tokenPrefixes } from "#lib/secrets/token";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockSource } from "../sources/load.ts";

/**
 * Makes a new public address of a source's state, in whose place the old one ends, or takes it back. The key is in this answer and nowhere else: the
 * catalogue keeps its hash. Throws `not-found`.
 */
export async function setStatusLink(
  context: ServiceContext,
  input: EndpointInput<typeof contract.setStatusLink>,
): Promise<EndpointOutput<typeof contract.setStatusLink>> {
  authorise(context, "policies:write");
  const { id } = input.params;
  const key = input.body.on ? newToken(tokenPrefixes.status) : null;
  return context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    await tx
      .update(sources)
      .set({ statusKeyHash: key === null ? null : tokenHash(key) })
      .where(eq(sources.id, id));
    if (key !== null || row.statusKeyHash !== null) {
      const action = key === null ? "source.status-link-end" : "source.status-link";
      await recordAudit(tx, context, { action, targetType: "source", targetId: id, targetName: row.name });
    }
    return { path: key === null ? null : `/api/status/${key}` };
  });
}
