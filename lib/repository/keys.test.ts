import { assert, date, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import "#lib/testing/property-seed";
import { isStorageKey } from "../storage/storage-key.ts";
import { dumpFileName, packFileName, packKey, sidecarKey, storedFileName } from "./keys.ts";

const parts = {
  sourceSlug: "shop",
  chainId: "chn_0193a1b2c3d470008000000000000001",
  snapshotAt: new Date("2026-11-21T02:00:00.987Z"),
  kind: "full",
  backupId: "bkp_0193a1b2c3d47000800000001a2b3c4d",
  extension: "dump",
} as const;

describe("a pack's key", () => {
  it("names source, chain, time, kind and the random end of the id", () => {
    const key = packKey(parts);
    expect(key).toBe("shop/chn_0193a1b2c3d470008000000000000001/shop_20261121T020000Z_full_1a2b3c4d.dump.zst");
    expect(sidecarKey(key)).toBe(`${key}.json`);
    expect(packFileName(key)).toBe("shop_20261121T020000Z_full_1a2b3c4d.dump.zst");
  });

  it("is a key that storage takes", () => {
    expect(isStorageKey(packKey(parts))).toBe(true);
    expect(isStorageKey(sidecarKey(packKey(parts)))).toBe(true);
  });

  it.each([
    { sourceSlug: "../etc" },
    { sourceSlug: "Shop" },
    { sourceSlug: "" },
    { chainId: "chn_1/.." },
    { backupId: "bkp_zz" },
    { backupId: "../../x" },
  ])("refuses %j", (wrong) => {
    expect(() => packKey({ ...parts, ...wrong })).toThrow(/invalid-input/);
  });
});

describe("a download's name", () => {
  const at = { snapshotAt: parts.snapshotAt, kind: "full", extension: "dump" } as const;

  it("is what people expect", () => {
    expect(dumpFileName({ base: "shop", ...at })).toBe("shop_20261121T020000Z_full.dump");
    expect(storedFileName({ base: "shop", ...at })).toBe("shop_20261121T020000Z_full.dump.zst");
  });

  it.each([
    ["Ñandú 表", "Ñandú-表"],
    ["../../etc/passwd", "etc-passwd"],
    ['x"; drop', "x-drop"],
    ["-Fp", "Fp"],
    ["a\r\nSet-Cookie: b", "a-Set-Cookie-b"],
    ["🙂", "backup"],
    ["", "backup"],
    [".hidden", "hidden"],
  ])("keeps letters of every script of %j and nothing else", (base, expected) => {
    expect(dumpFileName({ base, ...at })).toBe(`${expected}_20261121T020000Z_full.dump`);
  });

  it("never holds a separator, a quote or a control character", () => {
    assert(
      property(
        string({ unit: "binary", maxLength: 80 }),
        date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }),
        (base, snapshotAt) => {
          expect(dumpFileName({ base, snapshotAt, kind: "full", extension: "dump" })).toMatch(
            /^[\p{L}\p{N}\p{M}][\p{L}\p{M}\p{N}._-]*_\d{8}T\d{6}Z_full\.dump$/u,
          );
        },
      ),
    );
  });
});
