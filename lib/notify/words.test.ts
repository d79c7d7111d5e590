import { expect, it } from "vitest";
import type { MessageItem } from "./port.ts";
import { wordsOf } from "./words.ts";

const item: MessageItem = {
  type: "alert",
  code: "clean-up-failed",
  params: {},
  source: { id: "src_1", name: "Shop" },
  at: "2026-11-22T12:00:00.000Z",
  count: 1,
};
const told = (params: MessageItem["params"], language: "en" | "es" = "en") =>
  wordsOf({ ...item, params }, { language, timeZone: "UTC", publicUrl: "" }).lines;

it("a clean-up that did not do its work is told with why: its error, why it did not start, or the wrong clock", () => {
  const failed = told({ runId: "run_1", trashOnly: false, error: "removal-partial", "error.removed": 2, "error.failed": 1 });
  const missed = told({ nominalAt: "2026-11-22T02:00:00.000Z", reason: "no-worker", trashOnly: false }, "es");
  const held = told({ runId: "run_1", clock: true, trashOnly: false });
  expect(failed.join(" ")).toMatch(/1 .*Nothing was lost\.$/);
  expect(missed[0]).toMatch(/^Estaba prevista para el .*2:00.*: no había ningún trabajador de su grupo\.$/);
  const unserved = { nominalAt: "2026-11-22T02:00:00.000Z", reason: "no-worker", group: "dmz", trashOnly: false };
  expect([told(unserved)[0], told(unserved, "es")[0]]).toEqual([
    expect.stringContaining("no worker of the group “dmz” took it"),
    expect.stringContaining("no había ningún trabajador del grupo «dmz»"),
  ]);
  expect(held[0]).toContain("a clock is or was wrong");
});

it("what diverged of a whole source names no table", () => {
  const params = { day: "2026-11-22", findings: 1, first: "rows-shrank" };
  const words = (table: object, language: "en" | "es") =>
    wordsOf({ ...item, code: "fingerprint-diverged", params: { ...params, ...table } }, { language, timeZone: "UTC", publicUrl: "" }).lines;
  for (const language of ["en", "es"] as const) {
    expect(words({ schema: "public", table: "orders" }, language).join(" ")).toContain("public.orders");
    const whole = words({ schema: "", table: "" }, language).join(" ");
    expect(whole).toMatch(/^1 .*2026-11-22/);
    expect(whole).not.toMatch(/tabl|\.\./);
  }
});
