import { readListValues } from "../data-table/list-state.tsx";
import { ranges, type TimeRange } from "./time-line-model.ts";

/** What the address of a source's recovery tab may hold. */
const spec = { range: ranges, view: ["table"], point: "text", at: "text" } as const;

export type RecoveryValues = {
  readonly range?: TimeRange;
  readonly view?: "table";
  /** A restore point's backup, or a missed run. */
  readonly point?: string;
  /** The instant that one wants to go back to. */
  readonly at?: string;
};

/** Reads the address; what is no instant is left out. */
export function readRecovery(params: { get(name: string): string | null }): RecoveryValues {
  const { range, view, point, at } = readListValues(spec, params);
  return { range, view, point, at: at !== undefined && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined };
}

/** The address's query after a change; other tabs' parameters go. Begins with `?` or is empty. */
export function writeRecovery(values: RecoveryValues): string {
  const query = new URLSearchParams();
  for (const name of ["range", "view", "at", "point"] as const) {
    const value = values[name];
    if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
