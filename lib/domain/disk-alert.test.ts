import { describe, expect, it } from "vitest";
import { judgeDisks, type SeenDisk } from "./disk-alert.ts";

const gib = 1024 ** 3;
const disk = (change: Partial<SeenDisk> = {}): SeenDisk => ({
  worker: "wrk_1",
  host: "one",
  purpose: "backups",
  path: "/backups",
  freeBytes: 50 * gib,
  totalBytes: 100 * gib,
  ...change,
});
const states = (disks: SeenDisk[], largest = 0) => judgeDisks(disks, largest).map(({ key, state }) => [key, state]);

describe("disks", () => {
  it("are nearly full below a tenth, have room above an eighth, and change nothing between", () => {
    expect(states([disk({ freeBytes: 9.9 * gib })])).toEqual([["one:/backups", "full"]]);
    expect(states([disk({ freeBytes: 11 * gib })])).toEqual([["one:/backups", "between"]]);
    expect(states([disk({ freeBytes: 13 * gib })])).toEqual([["one:/backups", "room"]]);
  });

  it("are nearly full where the largest backup would not fit once more", () => {
    expect(states([disk()], 51 * gib)).toEqual([["one:/backups", "full"]]);
    expect(states([disk({ purpose: "temporary", path: "/tmp" })], 51 * gib)).toEqual([["one:/tmp", "room"]]);
  });

  it("have room again only where the largest backup fits with a tenth to spare", () => {
    const mib = 1024 ** 2;
    expect(states([disk({ freeBytes: 50 * gib + 17 * mib })], 50 * gib)).toEqual([["one:/backups", "between"]]);
    expect(states([disk({ freeBytes: 50 * gib + 15 * mib })], 50 * gib)).toEqual([["one:/backups", "full"]]);
    expect(states([disk({ freeBytes: 56 * gib })], 50 * gib)).toEqual([["one:/backups", "room"]]);
  });

  it("are compared as one worker saw them: another one wrote its row later", () => {
    const seenBy = (worker: string, free: number) => [
      disk({ worker, freeBytes: free * gib }),
      disk({ worker, freeBytes: free * gib, purpose: "data", path: "/data" }),
    ];
    const [newest, older] = [seenBy("wrk_b", 8.8), seenBy("wrk_a", 9)];
    expect(states([...newest, ...older])).toEqual([["one:/backups", "full"]]);
    // Each of them tells of one folder alone.
    expect(states([...newest.slice(0, 1), ...older])).toEqual([["one:/backups", "full"]]);
    expect(judgeDisks([...newest, ...older], 0)[0]?.freeBytes).toBe(8.8 * gib);
  });

  it("of one path that workers with one host name see differently are judged by the one with less room, whoever wrote its row last", () => {
    const [roomy, tight] = [
      disk({ worker: "wrk_a", freeBytes: 80 * gib }),
      disk({ worker: "wrk_b", freeBytes: 2 * gib, totalBytes: 40 * gib }),
    ];
    expect(states([roomy, tight])).toEqual([["one:/backups", "full"]]);
    expect(states([tight, roomy])).toEqual([["one:/backups", "full"]]);
  });

  it("are told once however many folders lie on them, and apart where they are two", () => {
    const data = disk({ purpose: "data", path: "/data", freeBytes: 50 * gib - 4096 });
    expect(states([data, disk()])).toEqual([["one:/backups", "room"]]);
    expect(states([disk({ ...data, freeBytes: gib }), disk()])).toEqual([
      ["one:/backups", "room"],
      ["one:/data", "full"],
    ]);
    expect(states([disk(), disk({ host: "two" })])).toHaveLength(2);
  });

  it("that could not be asked say nothing", () => {
    expect(states([disk({ freeBytes: 0, totalBytes: 0 })])).toEqual([]);
  });
});
