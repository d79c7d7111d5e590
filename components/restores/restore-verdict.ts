import type { RestoreDetailDto } from "#lib/contracts/restores";
import { isActive } from "#lib/domain/run-state";

export type RestoreVerdict = {
  readonly level: "good" | "attention" | "bad" | "running";
  /** Key below `restores.verdict`. */
  readonly code:
    | "running"
    | "all-equal"
    | "all-equal-with-errors"
    | "schema-only"
    | "schema-with-errors"
    | "differs"
    | "not-compared"
    | "failed-removed"
    | "failed-kept"
    | "failed"
    | "cancelled";
  readonly params: Readonly<Record<string, number>>;
};

/**
 * The one sentence about a restore. "Every row accounted for" is said only when the run succeeded, a comparison was made, every
 * compared table is equal, and `pg_restore` reported nothing.
 */
export function restoreVerdict(restore: Pick<RestoreDetailDto, "run" | "content" | "errors" | "comparison" | "outcome">): RestoreVerdict {
  const { run, comparison, errors, outcome, content } = restore;
  if (isActive(run.state)) return { level: "running", code: "running", params: {} };
  if (run.state === "cancelled") return { level: "attention", code: "cancelled", params: {} };
  const compared = (comparison?.tables ?? []).filter(({ verdict }) => verdict !== "not-restored");
  const differing = compared.filter(({ verdict }) => verdict !== "equal").length;
  const params = {
    tables: compared.length,
    rows: compared.reduce((sum, { actualRows }) => sum + (actualRows ?? 0), 0),
    different: differing,
    notRestored: (comparison?.tables.length ?? 0) - compared.length,
    errors: errors.length,
  };
  if (differing > 0) return { level: "bad", code: "differs", params };
  if (run.state === "failed") return { level: "bad", code: failureCode(outcome), params };
  if (content === "schema")
    return errors.length === 0 ? said("good", "schema-only", params) : said("attention", "schema-with-errors", params);
  if (compared.length === 0) return said("attention", "not-compared", params);
  return errors.length === 0 ? said("good", "all-equal", params) : said("attention", "all-equal-with-errors", params);
}

function said(level: RestoreVerdict["level"], code: RestoreVerdict["code"], params: RestoreVerdict["params"]): RestoreVerdict {
  return { level, code, params };
}

function failureCode(outcome: RestoreDetailDto["outcome"]): RestoreVerdict["code"] {
  if (outcome === "removed") return "failed-removed";
  return outcome === "kept-after-failure" ? "failed-kept" : "failed";
}
