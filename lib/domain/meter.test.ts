import { describe, expect, it } from "vitest";
import { type CopyFacts, readMeter } from "./meter.ts";

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const copy = (change: Partial<CopyFacts> = {}): CopyFacts => ({
  state: "stored",
  storedAt: day(1),
  verifiedAt: null,
  failedAt: null,
  ...change,
});

describe("readMeter", () => {
  it("infers no step from another", () => {
    expect(readMeter([copy()], [])).toEqual({
      stored: { state: "yes", at: day(1) },
      verified: { state: "never", at: null },
      proven: { state: "never", at: null },
    });
    expect(readMeter([], [{ verdict: "passed", at: day(9) }])).toMatchObject({
      stored: { state: "never" },
      verified: { state: "never" },
      proven: { state: "yes", at: day(9) },
    });
  });

  it("does not call a copy that is still written stored", () => {
    expect(readMeter([copy({ state: "writing", storedAt: null })], []).stored).toEqual({ state: "never", at: null });
  });

  it("shows a failed verification as failed, not as the earlier one that passed", () => {
    expect(readMeter([copy({ verifiedAt: day(2), failedAt: day(3) })], []).verified).toEqual({ state: "failed", at: day(3) });
  });

  it("shows a lost copy as no longer stored, and never as verified", () => {
    expect(readMeter([copy({ state: "missing", verifiedAt: day(2), failedAt: day(4) })], [])).toMatchObject({
      stored: { state: "failed", at: day(4) },
      verified: { state: "failed", at: day(4) },
    });
  });

  it("lets the best copy decide, with its newest time", () => {
    const meter = readMeter(
      [copy({ state: "damaged", failedAt: day(9) }), copy({ verifiedAt: day(5), storedAt: day(2) }), copy({ verifiedAt: day(4) })],
      [],
    );
    expect(meter).toMatchObject({ stored: { state: "yes", at: day(2) }, verified: { state: "yes", at: day(5) } });
  });

  it("lets the last drill decide", () => {
    const proofs = [
      { verdict: "failed", at: day(8) },
      { verdict: "passed", at: day(3) },
    ] as const;
    expect(readMeter([copy()], proofs).proven).toEqual({ state: "failed", at: day(8) });
  });
});
