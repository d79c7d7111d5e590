/** A limit as typed: null for none, undefined for what is no whole number from 1 to `most`. */
export function limitOf(text: string, most: number): number | null | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  const number = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return number >= 1 && number <= most ? number : undefined;
}
