import { incidentChecklist, type IncidentItem, type IncidentItemState, type IncidentKind } from "./incident-state.ts";

export type ChecklistEntry = {
  readonly item: IncidentItem;
  readonly state: IncidentItemState;
  readonly note: string;
  readonly byName: string | null;
  readonly at: string | null;
};

/** What an incident begins with: nothing confirmed, nothing waived. */
export function newChecklist(): ChecklistEntry[] {
  return incidentChecklist.map(openItem);
}

export function openItem(item: IncidentItem): ChecklistEntry {
  return { item, state: "open", note: "", byName: null, at: null };
}

/** Items that stand in the way of closing. */
export function countOpenItems(checklist: readonly Pick<ChecklistEntry, "state">[]): number {
  return checklist.filter(({ state }) => state === "open").length;
}

/** The checklist with one item decided anew; what stood there is replaced. */
export function withItem<Entry extends ChecklistEntry>(checklist: readonly Entry[], next: Entry): Entry[] {
  return checklist.map((entry) => (entry.item === next.item ? next : entry));
}

/** What was decided before the same thing failed once more, and is no longer known since. */
const contradicted: Readonly<Record<IncidentKind, readonly IncidentItem[]>> = {
  "drill-failed": ["backup-reachable", "restore-tested", "integrity-checked"],
  "backup-failed": ["backup-reachable"],
  manual: [],
};

/** The checklist after another failure of this kind, and the items that it opened again; a waived one is asked anew as well. */
export function afterAnotherFailure<Entry extends ChecklistEntry>(
  checklist: readonly Entry[],
  kind: IncidentKind,
): { readonly checklist: (Entry | ChecklistEntry)[]; readonly reopened: IncidentItem[] } {
  const isReopened = ({ item, state }: Entry) => state !== "open" && contradicted[kind].includes(item);
  return {
    checklist: checklist.map((entry) => (isReopened(entry) ? openItem(entry.item) : entry)),
    reopened: checklist.filter(isReopened).map(({ item }) => item),
  };
}
