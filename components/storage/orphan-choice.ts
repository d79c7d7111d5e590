import type { OrphanDto } from "#lib/contracts/storage";

export type OrphanChoice = {
  /** What is ticked and still there. */
  readonly keys: readonly string[];
  readonly bytes: number;
  /** Only packs of this installation can get their rows back. */
  readonly importable: readonly string[];
};

/** What the ticked orphans allow; a key that a newer scan no longer lists does not count. */
export function orphanChoice(orphans: readonly OrphanDto[], ticked: ReadonlySet<string>): OrphanChoice {
  const chosen = orphans.filter(({ key }) => ticked.has(key));
  return {
    keys: chosen.map(({ key }) => key),
    bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
    importable: chosen.filter(({ provenance, problem }) => provenance === "ours" && problem === null).map(({ key }) => key),
  };
}
