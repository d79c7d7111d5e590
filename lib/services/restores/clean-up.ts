import type { EndpointInput } from "#lib/contracts/endpoint";
import type { cleanUpReplace as contract } from "#lib/contracts/restores";
import type { RunDetailDto } from "#lib/contracts/runs";
import { cleanUpBlocker, keptDatabase } from "#lib/domain/replacement-state";
import type { ServiceContext } from "../context.ts";
import { startFollowUp } from "./start-follow-up.ts";

/**
 * Removes the database that a replacement, or its undo, kept. The kept database's name is the confirmation.
 * Throws what `startFollowUp` throws, and `replace-not-cleanable` { why }.
 */
export async function cleanUpReplace(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  return startFollowUp(
    context,
    {
      type: "clean-up-replace",
      steps: ["prepare", "drop-kept"],
      blocker: cleanUpBlocker,
      typed: (_restore, replacement) => keptDatabase(replacement)?.name ?? "",
    },
    { restoreId: input.params.id, confirmName: input.body.confirmName },
  );
}
