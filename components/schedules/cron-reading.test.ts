import { expect, it } from "vitest";
import { readCron } from "./cron-reading.ts";

it.each([
  ["0 23 * * *", "At 23:00, every day", "A las 23:00, cada día"],
  ["30 23 * * 0", "At 23:30, only on Sunday", "A las 23:30, sólo el domingo"],
  ["15 2 L * *", "At 02:15, on the last day of the month", "A las 02:15, en el último día del mes"],
])("%s is read in both languages", (cron, english, spanish) => {
  expect(readCron(cron, "en")).toBe(english);
  expect(readCron(cron, "es")).toBe(spanish);
});

it.each(["", "every day", "0 25 * * *", "0 23 * * * *"])("%o is no expression", (cron) => {
  expect(readCron(cron, "en")).toBeNull();
});

it.each([
  [
    "0 0 1-7 * 1",
    "At 00:00, between day 1 and 7 of the month or at 00:00, only on Monday",
    "A las 00:00, entre los días 1 y 7 del mes o a las 00:00, sólo el lunes",
  ],
  ["0 0 15W * *", "At 00:00, on the weekday nearest day 15 of the month", "A las 00:00, en el día laborable más próximo al 15 del mes"],
  ["0 0 LW * *", "At 00:00, on the last weekday of the month", "A las 00:00, en el último día laborable del mes"],
  ["0 0 1 * +1", "At 00:00, on day 1 of the month, and on Monday", "A las 00:00, el día 1 del mes, y el lunes"],
])("%s says whether both days are meant or either, and what a weekday is", (cron, english, spanish) => {
  expect(readCron(cron, "en")).toBe(english);
  expect(readCron(cron, "es")).toBe(spanish);
});

it.each([
  ["0 0 1 * ?", "0 0 1 * *"],
  ["0 0 ? * 1", "0 0 * * 1"],
  ["0 23 ? * ?", "0 23 * * *"],
])("%s says what %s says: a question mark is a star to the parser", (asked, plain) => {
  for (const locale of ["en", "es"]) expect(readCron(asked, locale)).toBe(readCron(plain, locale));
});
