import { expect, it } from "vitest";
import { updateSchedule } from "./schedules.ts";
import { updateServer } from "./servers.ts";

it("a schedule's expression is kept with single blanks, whatever was typed between its fields", () => {
  const { body } = updateSchedule;
  expect(body.parse({ cron: " 0\n3\t*  * *\n" })).toEqual({ cron: "0 3 * * *" });
  expect(body.safeParse({ cron: " \n " }).success).toBe(false);
});

it("a change that names what cannot be changed is refused, and nothing is counted as changed", () => {
  expect(updateSchedule.body.safeParse({ sourceId: "src_00000000000000000000000000000000" }).success).toBe(false);
  expect(updateServer.body.safeParse({ workerGroup: "far" }).success).toBe(false);
  expect(updateServer.body.parse({ name: "Main" })).toEqual({ name: "Main" });
});
