import type { ListValues } from "../data-table/list-state.tsx";

export const dayChoices = ["1", "7", "30"] as const;

/** What the address of the integrity page may hold: how many days of failures it shows; seven unless it says else. */
export const integritySpec = { days: dayChoices } as const;

export function integrityDays({ days }: ListValues<typeof integritySpec>): number {
  return Number(days ?? "7");
}
