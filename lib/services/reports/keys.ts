import { desc } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/drill-reports";
import { signingKeys } from "#lib/db/schema/signing-keys";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockReports, makeSigningKey } from "./signing-key.ts";

type PublicKeys = EndpointOutput<typeof contract.getReportKey>;

/** The public keys, newest first: the first one signs. */
export async function getReportKey(context: ServiceContext, _input: EndpointInput<typeof contract.getReportKey>): Promise<PublicKeys> {
  authorise(context, "drills:read");
  const rows = await context.db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.id));
  return { keys: rows.map(({ id, publicKey, createdAt }) => ({ id, publicKey, createdAt: createdAt.toISOString() })) };
}

/** Makes a new key, for example when the installation's key was lost and the old one cannot be opened any more. */
export async function renewReportKey(context: ServiceContext, input: EndpointInput<typeof contract.renewReportKey>): Promise<PublicKeys> {
  authorise(context, "drills:plan");
  await context.db.transaction(async (tx) => {
    await lockReports(tx);
    await makeSigningKey(tx, context);
  });
  return getReportKey(context, input);
}
