import { expect, it } from "vitest";
import { calendarQuery } from "./calendar-spec.tsx";

const now = new Date("2026-12-31T23:30:00.000Z");

it("asks for the year of the address, else for the reader's own, and for no more of a name than the API takes", () => {
  expect(calendarQuery({ year: "2024", q: "shop" }, now, "UTC")).toEqual({ year: 2024, q: "shop" });
  expect(calendarQuery({ year: "24" }, now, "UTC")).toEqual({ year: 2026 });
  expect(calendarQuery({}, now, "Europe/Madrid")).toEqual({ year: 2027 });
  expect(calendarQuery({ q: "x".repeat(400) }, now, "UTC").q).toHaveLength(200);
});
