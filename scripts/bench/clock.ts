/** Seconds, in full precision. */
export type Seconds = number;

/** How long `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<Seconds> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

/**
 * Measures several ways of doing the same, one after the other in each round, so that a machine that gets slower meanwhile is
 * equally slow for all. The first round warms up and is not counted. Returns the medians.
 */
export async function alternate<Name extends string>(
  rounds: number,
  ways: Readonly<Record<Name, () => Promise<Seconds>>>,
  say: (line: string) => void,
): Promise<Record<Name, Seconds>> {
  const names = Object.keys(ways) as Name[];
  const taken = new Map<Name, Seconds[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const seconds = await ways[name]();
      if (round > 0) taken.get(name)!.push(seconds);
    }
    if (round > 0) say(`  round ${round}: ${names.map((name) => `${name} ${taken.get(name)!.at(-1)!.toFixed(2)} s`).join(", ")}`);
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name)!)])) as Record<Name, Seconds>;
}
