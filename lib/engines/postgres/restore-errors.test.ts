import { describe, expect, it } from "vitest";
import { RestoreLog } from "./restore-errors.ts";

const entry = 'from TOC entry 3215; 2606 16402 FK CONSTRAINT child child_id_fkey "owner"';
const violation = 'could not execute query: ERROR:  insert or update on table "child" violates foreign key constraint "child_id_fkey"';
const rest = ['DETAIL:  Key (id)=(7) is not present in table "parent".', "Command was: ALTER TABLE ONLY public.child"];

function told(lines: readonly string[]): RestoreLog {
  const log = new RestoreLog();
  for (const line of lines) log.line(line);
  log.end();
  return log;
}

describe("what pg_restore says with several jobs", () => {
  // Each message is written in pieces (name, space, level, text), as 22 of 179 real loads with two jobs showed; pieces of the leader and of its workers come in any order.
  it.each([
    ["in order", [`pg_restore: ${entry}`, `pg_restore: error: ${violation}`, ...rest, "pg_restore: finished item 3215 FK CONSTRAINT"]],
    ["behind the leader's name", [`pg_restore: ${entry}`, `pg_restore: pg_restore: error: ${violation}`, ...rest, "finished item 3216 X"]],
    ["with its level behind a line of the leader", [`pg_restore: pg_restore: finished item 3216 X`, `error: ${violation}`, ...rest]],
    [
      "with a space before its level",
      [`pg_restore:${entry}`, 'pg_restore:pg_restore:  creating CONSTRAINT "a b"', ` error: ${violation}`, ...rest],
    ],
    [
      "with a torn line of the leader in it",
      [`pg_restore: error: ${violation}`, 'creating CONSTRAINT "a b"', ...rest, " finished item 5 X"],
    ],
    ["with its text behind a line of the leader", [`pg_restore: error: pg_restore: finished item 3216 X`, violation, ...rest]],
    ["without its text's line being the leader's", [`pg_restore: ${entry}`, `pg_restore: error: finished item 3216 X`, violation, ...rest]],
  ])("tells an error of rows %s", (_what, lines) => {
    const { errors, total } = told([...lines, "pg_restore: warning: errors ignored on restore: 1"]);
    expect(total).toBe(1);
    expect(errors).toMatchObject([{ class: "data", message: expect.stringContaining("violates foreign key constraint") }]);
  });

  it("keeps count of entries whose line lost its beginning", () => {
    expect(told(["pg_restore: pg_restore: finished item 1 A", "finished item 2 B", "pg_restore: finished item 2 B"]).entriesDone).toBe(2);
  });
});
