import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { startSample as contract } from "#lib/contracts/session";
import { installation } from "#lib/db/schema/installation";
import { servers } from "#lib/db/schema/servers";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Asks for the sample shop. The supervisor, which alone may start clusters, sees it within seconds. Asking twice changes nothing. */
export async function startSample(
  context: ServiceContext,
  _input: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "sources:write");
  return context.db.transaction(async (tx) => {
    const [row] = await tx.select().from(installation).limit(1).for("update");
    if (row === undefined) throw new Error("the installation was not set up");
    const [known] = await tx
      .select({ id: servers.id })
      .from(servers)
      .where(and(eq(servers.isSample, true), isNull(servers.removedAt)))
      .limit(1);
    if (known !== undefined) return { state: "present" as const };
    if (row.sampleRequestedAt === null) {
      await tx.update(installation).set({ sampleRequestedAt: context.now() });
      await recordAudit(tx, context, { action: "sample.request", targetType: "installation", targetId: row.id, targetName: "sample" });
    }
    return { state: "requested" as const };
  });
}
