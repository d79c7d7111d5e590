import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillCadence, DrillPlanDto, DrillSelection } from "#lib/contracts/drill-plans";
import { targetOf, valueOfTarget } from "../drills/target-choice.ts";
import { fromWallTime, toWallTime } from "../timeline/zoned-time.ts";
import { amountOf, secondsOf, type Amount } from "./amount.ts";

/** What the plan's form holds: numbers and times as they are typed. */
export type PlanDraft = {
  readonly enabled: boolean;
  readonly selection: DrillSelection["type"];
  readonly days: string;
  readonly at: string;
  readonly target: string;
  readonly recoveryTime: Amount;
  readonly recoveryPoint: Amount;
  readonly every: string;
  readonly unit: DrillCadence["unit"];
  readonly graceDays: string;
  readonly ownerId: string | null;
  readonly checks: readonly CheckDefinition[];
  readonly playbook: string;
  readonly unattended: boolean;
  readonly nextDue: string;
};

/** The fields of a plan that can be changed. */
type PlanInput = Pick<
  DrillPlanDto,
  | "enabled"
  | "selection"
  | "target"
  | "recoveryTimeSeconds"
  | "recoveryPointSeconds"
  | "cadence"
  | "graceDays"
  | "ownerId"
  | "checks"
  | "playbook"
  | "unattended"
  | "nextDueAt"
>;

const defaultDays = "30";

export function draftOf(plan: PlanInput, timeZone: string): PlanDraft {
  const { selection } = plan;
  return {
    enabled: plan.enabled,
    selection: selection.type,
    days: selection.type === "random" ? String(selection.days) : defaultDays,
    at: selection.type === "date" ? toWallTime(selection.at, timeZone) : "",
    target: valueOfTarget(plan.target),
    recoveryTime: amountOf(plan.recoveryTimeSeconds),
    recoveryPoint: amountOf(plan.recoveryPointSeconds),
    every: String(plan.cadence.every),
    unit: plan.cadence.unit,
    graceDays: String(plan.graceDays),
    ownerId: plan.ownerId,
    checks: plan.checks,
    playbook: plan.playbook,
    unattended: plan.unattended,
    nextDue: toWallTime(plan.nextDueAt, timeZone),
  };
}

export type DraftField = "days" | "at" | "recoveryTime" | "recoveryPoint" | "every" | "graceDays" | "nextDue";

/** The fields that cannot be saved as they are. */
export function draftFaults(draft: PlanDraft, timeZone: string): ReadonlySet<DraftField> {
  const faults: [DraftField, boolean][] = [
    ["days", draft.selection === "random" && whole(draft.days, 1, 3650) === null],
    ["at", draft.selection === "date" && fromWallTime(draft.at, timeZone) === null],
    ["recoveryTime", secondsOf(draft.recoveryTime) === undefined],
    ["recoveryPoint", secondsOf(draft.recoveryPoint) === undefined],
    ["every", whole(draft.every, 1, 60) === null],
    ["graceDays", whole(draft.graceDays, 0, 365) === null],
    ["nextDue", fromWallTime(draft.nextDue, timeZone) === null],
  ];
  return new Set(faults.flatMap(([field, isWrong]) => (isWrong ? [field] : [])));
}

/** What is to be saved: the fields that differ from the plan; null while something cannot be saved. */
export function changesOf(draft: PlanDraft, plan: PlanInput, timeZone: string): Partial<PlanInput> | null {
  if (draftFaults(draft, timeZone).size > 0) return null;
  const before = draftOf(plan, timeZone);
  // A field that was not touched keeps what a draft cannot hold: milliseconds of a time, a target that is not listed.
  const isChanged = (...fields: (keyof PlanDraft)[]): boolean =>
    fields.some((field) => JSON.stringify(draft[field]) !== JSON.stringify(before[field]));
  return {
    ...(isChanged("enabled") ? { enabled: draft.enabled } : {}),
    ...(isChanged("selection", "days", "at") ? { selection: selectionOf(draft, timeZone) } : {}),
    ...(isChanged("target") ? { target: targetOf(draft.target) } : {}),
    ...(isChanged("recoveryTime") ? { recoveryTimeSeconds: secondsOf(draft.recoveryTime) ?? null } : {}),
    ...(isChanged("recoveryPoint") ? { recoveryPointSeconds: secondsOf(draft.recoveryPoint) ?? null } : {}),
    ...(isChanged("every", "unit") ? { cadence: { unit: draft.unit, every: Number(draft.every) } } : {}),
    ...(isChanged("graceDays") ? { graceDays: Number(draft.graceDays) } : {}),
    ...(isChanged("ownerId") ? { ownerId: draft.ownerId } : {}),
    ...(isChanged("checks") ? { checks: [...draft.checks] } : {}),
    ...(isChanged("playbook") ? { playbook: draft.playbook } : {}),
    ...(isChanged("unattended") ? { unattended: draft.unattended } : {}),
    ...(isChanged("nextDue") ? { nextDueAt: fromWallTime(draft.nextDue, timeZone) ?? plan.nextDueAt } : {}),
  };
}

function selectionOf(draft: PlanDraft, timeZone: string): DrillSelection {
  switch (draft.selection) {
    case "random":
      return { type: "random", days: Number(draft.days) };
    case "date":
      return { type: "date", at: fromWallTime(draft.at, timeZone) ?? "" };
    case "latest":
    case "latest-with-incrementals":
    case "never-proven":
      return { type: draft.selection };
  }
}

/** A whole number between two others, as typed; null for anything else. */
function whole(text: string, min: number, max: number): number | null {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}
