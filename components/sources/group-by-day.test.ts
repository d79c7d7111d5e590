import { describe, expect, it } from "vitest";
import type { BackupDto } from "#lib/contracts/backups";
import { groupByDay } from "./group-by-day.ts";

const yes = { state: "yes", at: "2026-11-21T00:00:00.000Z" } as const;
const never = { state: "never", at: null } as const;

function point(id: string, snapshotAt: string, change: Partial<BackupDto> = {}): BackupDto {
  return { id, snapshotAt, state: "available", meter: { stored: yes, verified: never, proven: never }, ...change } as BackupDto;
}

describe("restore points by day", () => {
  it("groups in the reader's zone, newest first", () => {
    const points = [
      point("old", "2026-11-20T10:00:00.000Z"),
      point("late", "2026-11-20T23:30:00.000Z"),
      point("new", "2026-11-21T08:00:00.000Z"),
    ];
    const days = groupByDay(points, "Europe/Berlin").map(({ day, points: found }) => [day, found.map(({ id }) => id)]);
    expect(days).toEqual([
      ["2026-11-21", ["new", "late"]],
      ["2026-11-20", ["old"]],
    ]);
  });

  it("offers nothing that cannot be restored", () => {
    const failed = { state: "failed", at: "2026-11-21T00:00:00.000Z" } as const;
    const days = groupByDay(
      [
        point("going", "2026-11-20T10:00:00.000Z", { state: "deleting" }),
        point("damaged", "2026-11-20T10:00:00.000Z", { meter: { stored: yes, verified: failed, proven: never } }),
        point("lost", "2026-11-20T10:00:00.000Z", { meter: { stored: failed, verified: never, proven: never } }),
      ],
      "UTC",
    );
    expect(days).toEqual([]);
  });
});
