/** A campaign is repeated by its seed, which every one of them prints. */
export type Random = {
  readonly seed: number;
  /** From 0 up to but not including 1. */
  readonly next: () => number;
  /** A whole number below `limit`. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
};

/** mulberry32: small, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { seed, next, below, pick: (items) => items[below(items.length)]! };
}

/** The seed of this run: `LIFEBOAT_CAMPAIGN_SEED`, else always the same one. */
export function campaignSeed(): number {
  return Number(process.env["LIFEBOAT_CAMPAIGN_SEED"] ?? 20_261_122);
}

/** Chance by the seed of this run. Printed, so that a failure can be repeated. */
export function campaignRandom(name: string): Random {
  const seed = campaignSeed();
  process.stdout.write(`campaign ${name}: seed ${seed}\n`);
  return seededRandom(seed);
}
