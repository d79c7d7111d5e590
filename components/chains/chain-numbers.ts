import type { ChainDetailDto, ChainMemberDto } from "#lib/contracts/chains";

/** Bytes that a restore of a member reads: its own pack, and the ranges of others that its recipe names. */
export function memberReads({ storedBytes, needs }: Pick<ChainMemberDto, "storedBytes" | "needs">): number {
  return needs.reduce((sum, { readBytes }) => sum + readBytes, storedBytes);
}

export type Savings = {
  readonly streamBytes: number;
  readonly storedBytes: number;
  /** What would lie in storage had every member been a full of the chain's own density, less what does; never below 0. */
  readonly savedBytes: number;
  readonly savedShare: number;
};

/** What chaining saves: members against fulls of the same streams, compressed as well as the chain's own full was. */
export function savingsOf(rail: readonly Pick<ChainMemberDto, "kind" | "streamBytes" | "storedBytes">[]): Savings {
  const sum = (of: "streamBytes" | "storedBytes") => rail.reduce((total, member) => total + member[of], 0);
  const streamBytes = sum("streamBytes");
  const storedBytes = sum("storedBytes");
  const full = rail.find(({ kind }) => kind === "full");
  const density = full === undefined || full.streamBytes === 0 ? 1 : full.storedBytes / full.streamBytes;
  const asFulls = Math.round(streamBytes * density);
  const savedBytes = Math.max(0, asFulls - storedBytes);
  return { streamBytes, storedBytes, savedBytes, savedShare: asFulls === 0 ? 0 : savedBytes / asFulls };
}

export type RailLink = "none" | "whole" | "broken";

/** Between a member and the one above it in the rail: broken where this member cannot be rebuilt. */
export function railLinks(rail: readonly Pick<ChainMemberDto, "broken">[]): RailLink[] {
  return rail.map(({ broken }, index) => (index === 0 ? "none" : broken === null ? "whole" : "broken"));
}

/** Backups that are missing from the chain, or whose pack is, with the members that need them. */
export function missingBases(rail: ChainDetailDto["rail"]): { readonly packKey: string; readonly members: readonly string[] }[] {
  const absent = rail.flatMap((member) =>
    member.needs.filter(({ present }) => !present).map(({ packKey }) => ({ packKey, id: member.id })),
  );
  return [...Map.groupBy(absent, ({ packKey }) => packKey).entries()].map(([packKey, found]) => ({
    packKey,
    members: found.map(({ id }) => id),
  }));
}
