import type { Reason } from "./error.ts";

/**
 * What is known of a backup's damage, before what a look at its packs and its target found. One thing is told once: a pack that was
 * found missing just now needs no older verdict beside it.
 */
export function mergeBlockers(known: Reason | null, found: readonly Reason[]): Reason[] {
  if (known === null) return [...found];
  const key = known.params["key"];
  const isTold = found.some(({ code, params }) => code === known.code && (key === "" || params["key"] === key));
  return isTold ? [...found] : [known, ...found];
}
