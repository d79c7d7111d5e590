import { describe, expect, it } from "vitest";
import type { BackupDto } from "#lib/contracts/backups";
import { groupByChain } from "./group-by-chain.ts";

function backup(id: string, chainId: string, kind: BackupDto["kind"], snapshotAt: string): BackupDto {
  return { id, chainId, kind, snapshotAt, storedBytes: 10, broken: null } as BackupDto;
}

describe("backups by chain", () => {
  it("puts the full first, then its members by time, and the newest chain first", () => {
    const groups = groupByChain([
      backup("i2", "a", "incremental", "2026-11-03T00:00:00.000Z"),
      backup("b", "b", "full", "2026-11-02T00:00:00.000Z"),
      backup("i1", "a", "incremental", "2026-11-02T00:00:00.000Z"),
      backup("f", "a", "full", "2026-11-01T00:00:00.000Z"),
    ]);
    expect(groups.map(({ chainId, members }) => [chainId, members.map(({ id }) => id)])).toEqual([
      ["a", ["f", "i1", "i2"]],
      ["b", ["b"]],
    ]);
    expect(groups[0]).toMatchObject({
      storedBytes: 30,
      broken: 0,
      oldestAt: "2026-11-01T00:00:00.000Z",
      newestAt: "2026-11-03T00:00:00.000Z",
    });
  });

  it("is empty without backups", () => {
    expect(groupByChain([])).toEqual([]);
  });
});
