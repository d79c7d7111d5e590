import { expect, it } from "vitest";
import { takenAtOf } from "./taken-at.ts";

const now = Date.parse("2026-11-21T12:00:00.000Z");
const draft = { other: false, wall: "", isGuess: false };
const told = "2026-01-05T03:00:00.000Z";

it("takes what the file tells, unless another time is given", () => {
  expect(takenAtOf(draft, told, "UTC", now)).toEqual({ kind: "told" });
  expect(takenAtOf({ ...draft, other: true }, told, "UTC", now)).toEqual({ kind: "missing" });
  expect(takenAtOf({ ...draft, other: true, wall: "2026-01-04T03:00" }, told, "Europe/Madrid", now)).toEqual({
    kind: "given",
    at: "2026-01-04T02:00:00.000Z",
  });
});

it("asks where the file tells nothing, and for nothing in the future", () => {
  expect(takenAtOf(draft, null, "UTC", now)).toEqual({ kind: "missing" });
  expect(takenAtOf({ ...draft, wall: "2026-11-21T12:00:30" }, null, "UTC", now)).toMatchObject({ kind: "given" });
  expect(takenAtOf({ ...draft, wall: "2026-11-21T12:02" }, null, "UTC", now)).toEqual({ kind: "future" });
  expect(takenAtOf({ ...draft, wall: "2026-11-21T13:02" }, null, "Europe/Madrid", now)).toEqual({ kind: "future" });
});
