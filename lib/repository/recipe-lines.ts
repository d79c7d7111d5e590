import type { OpenMember } from "./open-member.ts";

/**
 * A member's recipe for people and stock tools: a line `<pack> <offset> <length>` for each run of frames, in the order of the stream. Pack 0 is the
 * backup's own, n is the n-th of `packIds` (the sidecar's `needs`). The ranges one after the other are what `zstd -d` makes the stream of.
 */
export function recipeLines(member: OpenMember, packIds: readonly string[]): string {
  const numbers = member.packs.map(({ meta }, at) => (at === 0 ? 0 : packIds.indexOf(meta.packId) + 1));
  const lines: string[] = [];
  for (let from = 0; from < member.segments;) {
    const pack = member.packOf[from]!;
    let to = from + 1;
    while (to < member.segments && member.packOf[to] === pack && member.segmentOf[to] === member.segmentOf[to - 1]! + 1) to += 1;
    const { frameOffsets } = member.packs[pack]!;
    const offset = frameOffsets[member.segmentOf[from]!]!;
    lines.push(`${numbers[pack]!} ${offset} ${frameOffsets[member.segmentOf[to - 1]! + 1]! - offset}\n`);
    from = to;
  }
  return lines.join("");
}
