import { incidentChecklist, type IncidentItem, type IncidentItemState } from "./incident-state.ts";

export type ChecklistEntry = {
  readonly item: IncidentItem;
  readonly state: IncidentItemState;
  readonly note: string;
  readonly byName: string | null;
  readonly at: string | null;
};

/** What an incident begins with: nothing confirmed, nothing waived. */
export function newChecklist(): ChecklistEntry[] {
  return incidentChecklist.map((item) => ({ item, state: "open", note: "", byName: null, at: null }));
}

/** Items that stand in the way of closing. */
export function countOpenItems(checklist: readonly Pick<ChecklistEntry, "state">[]): number {
  return checklist.filter(({ state }) => state === "open").length;
}

/** The checklist with one item decided anew; what stood there is replaced. */
export function withItem<Entry extends ChecklistEntry>(checklist: readonly Entry[], next: Entry): Entry[] {
  return checklist.map((entry) => (entry.item === next.item ? next : entry));
}
