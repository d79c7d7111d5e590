import { expect, it } from "vitest";
import { cutBatches, cutWindows, nearBytes, planReads } from "./frame-batches.ts";
import type { OpenMember } from "./open-member.ts";
import type { OpenPack } from "./read-pack.ts";

/** A member over packs of which only the frames' places are known; every segment has 64 KiB of plain bytes. */
function memberOf(frames: readonly (readonly number[])[], recipe: readonly (readonly [pack: number, segment: number])[]): OpenMember {
  const packs = frames.map((lengths) => {
    const frameOffsets = new Float64Array(lengths.length + 1);
    for (const [at, length] of lengths.entries()) frameOffsets[at + 1] = frameOffsets[at]! + length;
    return { frameOffsets } as unknown as OpenPack;
  });
  return {
    packs,
    stream: { name: "base", bytes: recipe.length * 65_536, sha256: "", rootHash: "", segments: recipe.length },
    segments: recipe.length,
    packOf: Uint16Array.from(recipe, ([pack]) => pack),
    segmentOf: Uint32Array.from(recipe, ([, segment]) => segment),
    starts: Float64Array.from({ length: recipe.length + 1 }, (_, at) => at * 65_536),
  };
}
const whole = (member: OpenMember) => ({ from: 0, to: member.segments });

it("reads neighbours and what lies near at once, whatever their order in the stream, and skips larger gaps", () => {
  const own = [1000, nearBytes, 1000, nearBytes + 1, 1000, 1000];
  const other = [500, 500, 500];
  const member = memberOf(
    [own, other],
    [
      [0, 4],
      [1, 2],
      [0, 0],
      [1, 0],
      [0, 2],
      [0, 5],
      [0, 0],
    ],
  );
  expect(planReads(member, whole(member))).toEqual([
    { pack: 0, offset: 0, length: 2000 + nearBytes },
    { pack: 0, offset: 2000 + 2 * nearBytes + 1, length: 2000 },
    { pack: 1, offset: 0, length: 1500 },
  ]);
});

it("makes no read longer than 8 MiB, and cuts none through a frame", () => {
  const frames = Array.from({ length: 40 }, () => 1_000_000);
  const member = memberOf(
    [frames],
    frames.map((_, at) => [0, at]),
  );
  const plan = planReads(member, whole(member));
  expect(plan.map((read) => read.length)).toEqual([8, 8, 8, 8, 8].map((count) => count * 1_000_000));
});

it("cuts a run into windows of 4 MiB and batches of 1 MiB of plain bytes, whole segments each, nothing twice", () => {
  const recipe = Array.from({ length: 200 }, (_, at): [number, number] => [0, at]);
  const member = memberOf([recipe.map(() => 100)], recipe);
  const windows = [...cutWindows(member, { from: 3, to: 200 })];
  expect(windows.map(({ from, to }) => to - from)).toEqual([64, 64, 64, 5]);
  const batches = windows.flatMap((window) => Array.from(cutBatches(member, window)));
  expect(batches.slice(0, 4).map(({ from, to }) => to - from)).toEqual([16, 16, 16, 16]);
  expect(batches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))).toEqual(
    Array.from({ length: 197 }, (_, at) => at + 3),
  );
});
