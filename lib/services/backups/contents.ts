import { and, eq } from "drizzle-orm";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isVisible } from "./good.ts";

/** The archive's own table of contents, as it was listed when the backup was made. Throws `not-found`. */
export async function getBackupContents(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getBackupContents>,
): Promise<EndpointOutput<typeof contract.getBackupContents>> {
  authorise(context, "backups:read");
  const { id } = input.params;
  const [row] = await context.db
    .select({ listing: backups.listing })
    .from(backups)
    .where(and(eq(backups.id, id), isVisible));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  return row;
}
