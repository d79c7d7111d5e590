/** A duration as people type it; an empty text is none. */
export type Amount = { readonly text: string; readonly unit: AmountUnit };
export const amountUnits = ["minutes", "hours", "days"] as const;
export type AmountUnit = (typeof amountUnits)[number];

const seconds: Record<AmountUnit, number> = { minutes: 60, hours: 3600, days: 86_400 };
const longest = 31_536_000;

/** Seconds in the largest unit in which they are a whole number of at most two decimals. */
export function amountOf(value: number | null): Amount {
  if (value === null) return { text: "", unit: "minutes" };
  const unit = amountUnits.findLast((each) => value % seconds[each] === 0) ?? "minutes";
  return { text: String(Math.round((value / seconds[unit]) * 100) / 100), unit };
}

/** Seconds of what was typed, null for none, undefined for what is no duration of a second to a year. A comma is a decimal point, too. */
export function secondsOf({ text, unit }: Amount): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(typed)) return undefined;
  const value = Math.round(Number(typed) * seconds[unit]);
  return value >= 1 && value <= longest ? value : undefined;
}
