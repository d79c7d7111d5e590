import type { PolicyDto } from "#lib/contracts/policies";
import type { SimpleRule } from "#lib/domain/retention-rule";

type Editable = Pick<PolicyDto, "name" | "rule" | "graceDays" | "afterBackup">;
export const ruleTypes = ["per-kind", "gfs", "keep-last", "keep-days"] as const;
type RuleType = (typeof ruleTypes)[number];

/** What the editor's fields hold: every rule with its numbers as typed, so that switching one off and on loses nothing. */
export type PolicyDraft = {
  readonly name: string;
  readonly on: Readonly<Record<RuleType | "cap", boolean>>;
  readonly fullMonths: string;
  readonly differentialWeeks: string;
  readonly incrementalDays: string;
  readonly daily: string;
  readonly weekly: string;
  readonly monthly: string;
  readonly keep: string;
  readonly days: string;
  readonly capGib: string;
  /** The limit that the policy has, with its text in `capGib`, which is rounded: what nobody types anew stays to the byte. */
  readonly capBefore: { readonly gib: string; readonly bytes: number } | null;
  readonly graceDays: string;
  readonly afterBackup: boolean;
};

export type NumberField = Exclude<keyof PolicyDraft, "name" | "on" | "capBefore" | "afterBackup">;

/** The numbers that each rule asks for, with what they may be. */
export const ruleFields: Readonly<Record<RuleType, readonly NumberField[]>> = {
  "per-kind": ["fullMonths", "differentialWeeks", "incrementalDays"],
  gfs: ["daily", "weekly", "monthly"],
  "keep-last": ["keep"],
  "keep-days": ["days"],
};
export const numberRanges: Readonly<Record<Exclude<NumberField, "capGib">, readonly [min: number, max: number]>> = {
  fullMonths: [0, 10_000],
  differentialWeeks: [0, 10_000],
  incrementalDays: [0, 10_000],
  daily: [0, 10_000],
  weekly: [0, 10_000],
  monthly: [0, 10_000],
  keep: [1, 10_000],
  days: [1, 36_500],
  graceDays: [0, 365],
};

const gib = 1024 ** 3;

/** The default policy's numbers, for a new one and for rules that are off. */
const offered: PolicyDraft = {
  name: "",
  on: { "per-kind": true, gfs: false, "keep-last": false, "keep-days": false, cap: false },
  fullMonths: "12",
  differentialWeeks: "8",
  incrementalDays: "7",
  daily: "14",
  weekly: "8",
  monthly: "12",
  keep: "20",
  days: "30",
  capGib: "100",
  capBefore: null,
  graceDays: "3",
  afterBackup: false,
};

export function policyDraftOf(policy: Editable | null): PolicyDraft {
  if (policy === null) return offered;
  const { keep, capBytes } = policy.rule;
  const capBefore = capBytes === null ? null : { gib: String(Math.round((capBytes / gib) * 1000) / 1000), bytes: capBytes };
  const has = (type: RuleType): boolean => keep.some((rule) => rule.type === type);
  return {
    ...offered,
    ...Object.assign({}, ...keep.map(numbersOf)),
    name: policy.name,
    on: {
      "per-kind": has("per-kind"),
      gfs: has("gfs"),
      "keep-last": has("keep-last"),
      "keep-days": has("keep-days"),
      cap: capBytes !== null,
    },
    capGib: capBefore?.gib ?? offered.capGib,
    capBefore,
    graceDays: String(policy.graceDays),
    afterBackup: policy.afterBackup,
  };
}

function numbersOf(rule: SimpleRule): Partial<PolicyDraft> {
  switch (rule.type) {
    case "per-kind":
      return {
        fullMonths: String(rule.fullMonths),
        differentialWeeks: String(rule.differentialWeeks),
        incrementalDays: String(rule.incrementalDays),
      };
    case "gfs":
      return { daily: String(rule.daily), weekly: String(rule.weekly), monthly: String(rule.monthly) };
    case "keep-last":
      return { keep: String(rule.keep) };
    case "keep-days":
      return { days: String(rule.days) };
  }
}

/** The rules whose numbers may be 0, though not all of them at once: such a rule keeps nothing. */
const countingRules = ["per-kind", "gfs"] as const;
export type EmptyRule = `${(typeof countingRules)[number]}-empty`;

export type PolicyFault = NumberField | "name" | "none" | EmptyRule;

/** What cannot be saved as it is; numbers of rules that are off do not count. */
export function policyFaults(draft: PolicyDraft): ReadonlySet<PolicyFault> {
  const asked: (keyof typeof numberRanges)[] = ruleTypes
    .flatMap((type) => (draft.on[type] ? ruleFields[type] : []))
    .filter((field) => field !== "capGib");
  const faults = new Set<PolicyFault>([...asked, "graceDays" as const].filter((field) => numberOf(draft, field) === null));
  for (const type of countingRules)
    if (draft.on[type] && ruleFields[type].every((field) => field !== "capGib" && numberOf(draft, field) === 0))
      faults.add(`${type}-empty`);
  if (draft.on.cap && capOf(draft) === null) faults.add("capGib");
  if (draft.name.trim() === "") faults.add("name");
  if (!Object.values(draft.on).some(Boolean)) faults.add("none");
  return faults;
}

/** The draft as the API takes it; null while something cannot be saved. */
export function policyOf(draft: PolicyDraft): Editable | null {
  const rule = ruleOf(draft);
  if (rule === null || policyFaults(draft).size > 0) return null;
  return { name: draft.name.trim(), rule, graceDays: Number(draft.graceDays), afterBackup: draft.afterBackup };
}

/** The rule alone, for its reading in words, which needs no name yet. */
export function ruleOf(draft: PolicyDraft): PolicyDto["rule"] | null {
  const faults = new Set(policyFaults(draft));
  faults.delete("name");
  faults.delete("graceDays");
  if (faults.size > 0) return null;
  const all: PolicyDto["rule"]["keep"] = [
    {
      type: "per-kind",
      fullMonths: Number(draft.fullMonths),
      differentialWeeks: Number(draft.differentialWeeks),
      incrementalDays: Number(draft.incrementalDays),
    },
    { type: "gfs", daily: Number(draft.daily), weekly: Number(draft.weekly), monthly: Number(draft.monthly) },
    { type: "keep-last", keep: Number(draft.keep) },
    { type: "keep-days", days: Number(draft.days) },
  ];
  return { keep: all.filter(({ type }) => draft.on[type]), capBytes: draft.on.cap ? capOf(draft) : null };
}

function numberOf(draft: PolicyDraft, field: keyof typeof numberRanges): number | null {
  const text = draft[field].trim();
  const [min, max] = numberRanges[field];
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}

/** Bytes of what was typed in GiB; a comma is a decimal point, too. */
function capOf({ capGib, capBefore }: PolicyDraft): number | null {
  if (capGib === capBefore?.gib) return capBefore.bytes;
  const typed = capGib.trim().replace(",", ".");
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(typed)) return null;
  const bytes = Math.round(Number(typed) * gib);
  return bytes >= 1 ? bytes : null;
}
