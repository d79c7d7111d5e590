import { describe, expect, it } from "vitest";
import { addSample, restMs, type Sample, speedOf } from "./upload-speed.ts";

const fed = (samples: readonly Sample[]): Sample[] => samples.reduce<Sample[]>((all, sample) => addSample(all, sample), []);

describe("the speed of an upload", () => {
  it("is that of the last seconds, not of the whole", () => {
    const slowThenFast = fed([
      { atMs: 0, bytes: 0 },
      { atMs: 60_000, bytes: 1000 },
      { atMs: 64_000, bytes: 401_000 },
    ]);
    expect(speedOf(slowThenFast)).toBe(100_000);
  });

  it("is not told from a burst or from one look", () => {
    expect(speedOf([])).toBeNull();
    expect(speedOf(fed([{ atMs: 0, bytes: 5 }]))).toBeNull();
    expect(
      speedOf(
        fed([
          { atMs: 0, bytes: 0 },
          { atMs: 100, bytes: 8_000_000 },
        ]),
      ),
    ).toBeNull();
  });

  it("begins anew when a part has to be sent again", () => {
    const again = fed([
      { atMs: 0, bytes: 0 },
      { atMs: 1000, bytes: 900 },
      { atMs: 2000, bytes: 500 },
    ]);
    expect(again).toEqual([{ atMs: 2000, bytes: 500 }]);
  });

  it("tells the time that is left where it knows", () => {
    expect(restMs(1000, 5500)).toBe(5500);
    expect(restMs(0, 5)).toBeNull();
    expect(restMs(null, 5)).toBeNull();
  });
});
