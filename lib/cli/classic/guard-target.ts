import { LifeboatError } from "#lib/domain/error";
import type { TargetState } from "#lib/engines/postgres/target-state";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Place } from "./address.ts";
import { productionReason, productionText } from "./production.ts";

export type GuardAsk = {
  readonly place: Place;
  readonly state: Pick<TargetState, "objects" | "largest" | "comment">;
  readonly productionDatabases: readonly string[];
  /** `--yes-replace`, as it was typed. */
  readonly confirmed: string | undefined;
  readonly clean: boolean;
};

/** Refuses a target that holds something or is production, unless its name was typed; another name that was typed is refused, too. */
export function guardTarget({ place, state, productionDatabases, confirmed, clean }: GuardAsk): void {
  const { address, database } = place;
  const { host, port } = address;
  if (confirmed !== undefined && confirmed !== database) throw new LifeboatError("confirmation-mismatch", { expected: database });
  const reason = productionReason({ host, port, database, comment: state.comment, listed: productionDatabases });
  if (confirmed !== undefined || (reason === null && state.objects === 0)) return;
  const sentences = [
    ...(state.objects === 0 ? [] : [`${database} is not empty: ${contentsOf(state)}`]),
    ...(reason === null ? [] : [`${database} is production: ${productionText(reason)}`]),
  ];
  const means = clean
    ? "what is in it would be replaced, in one transaction"
    : state.objects === 0
      ? "the dump would be loaded into it"
      : "the dump would be added to what is there, or nothing changed where it is there already (--clean replaces it)";
  throw new CommandError(exitCode.refused, sentences.join("; "), `To go on, say --yes-replace ${database}: ${means}.`);
}

function contentsOf({ objects, largest }: GuardAsk["state"]): string {
  const names = largest.length === 0 ? "" : `, among them ${largest.join(", ")}`;
  return `${objects} objects${names}`;
}
