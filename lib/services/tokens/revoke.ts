import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/tokens";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { selectTokens, toTokenDto } from "./token-dto.ts";

/** Revokes a token: the next request with it is nobody's. A token that was revoked stays as it was. Throws `not-found`. */
export async function revokeToken(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.revokeToken>,
): Promise<contract.ApiTokenDto> {
  authorise(context, "tokens:manage");
  const now = context.now();
  return context.db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(apiTokens)
      .set({ revokedAt: now })
      .where(and(eq(apiTokens.id, params.id), isNull(apiTokens.revokedAt)))
      .returning({ name: apiTokens.name });
    if (revoked !== undefined) {
      await recordAudit(tx, context, {
        action: "token.revoke",
        targetType: "token",
        targetId: params.id,
        targetName: revoked.name,
        before: { revoked: false },
        after: { revoked: true },
      });
    }
    const [row] = await selectTokens(tx).where(eq(apiTokens.id, params.id));
    if (row === undefined) throw new LifeboatError("not-found", { entity: "token", id: params.id });
    return toTokenDto(row, now);
  });
}
