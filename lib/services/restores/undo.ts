import type { EndpointInput } from "#lib/contracts/endpoint";
import type { undoReplace as contract } from "#lib/contracts/restores";
import type { RunDetailDto } from "#lib/contracts/runs";
import { undoBlocker } from "#lib/domain/replacement-state";
import type { ServiceContext } from "../context.ts";
import { startFollowUp } from "./start-follow-up.ts";

/**
 * Swaps back: the old database gets its name again, the restored one is kept beside it. The database's name is the confirmation.
 * Throws what `startFollowUp` throws, and `replace-not-undoable` { why }.
 */
export async function undoReplace(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  return startFollowUp(
    context,
    { type: "undo-replace", steps: ["prepare", "swap"], blocker: undoBlocker, typed: (restore) => restore.database },
    { restoreId: input.params.id, confirmName: input.body.confirmName },
  );
}
