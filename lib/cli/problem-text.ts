import { describeReason } from "#lib/contracts/describe-reason";
import type { ProblemError } from "#lib/http/client";

/** What a refusal says to people: its own words, or those of its code where no answer came. */
export function problemText({ problem, code, params }: ProblemError): { readonly message: string; readonly hint: string } {
  const text = describeReason({ code, params });
  return { message: problem.detail || text.message, hint: problem.hint || text.hint };
}
