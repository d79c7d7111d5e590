import { describe, expect, it } from "vitest";
import { Given } from "./options.ts";
import { readRestore } from "./restore-options.ts";
import type { Session } from "./session.ts";

// Ids of both are looked up by nobody, so nothing but the time is asked about.
const source = `src_${"0".repeat(32)}`;
const read = (at: string) => readRestore(new Given({ at, source, "target-path": "/srv/shop.db" }, [], null), {} as Session);

describe("the time to restore to", () => {
  it.each([
    ["2026-11-22T14:05:00Z", "2026-11-22T14:05:00.000Z"],
    ["2026-11-22T14:05Z", "2026-11-22T14:05:00.000Z"],
    ["2026-11-22T14:05:00.25+01:00", "2026-11-22T13:05:00.250Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ])("%s", async (typed, at) => {
    expect(await read(typed)).toMatchObject({ sourceId: source, at });
  });

  it.each([
    ["2026-02-30T00:00:00Z", "a day that there is not"],
    ["2026-11-22T14:05:00", "without a zone: whose time is it?"],
    ["2026-11-22", "a day is no time"],
    ["2026-11-22T25:00:00Z", "an hour that there is not"],
  ])("is not %s: %s", async (typed) => {
    await expect(read(typed)).rejects.toMatchObject({ exit: 2, message: expect.stringContaining("--at") as unknown });
  });
});
