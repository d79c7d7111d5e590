import { describe, expect, it } from "vitest";
import { keptNameOf, restoredNameOf, siblingNameOf } from "./replace-names.ts";

const at = new Date("2026-11-22T03:25:00.123Z");
const bytes = (text: string) => Buffer.byteLength(text);

describe("names beside a database", () => {
  it("say what they are and when", () => {
    expect(keptNameOf("shop", at)).toBe("shop_before_20261122T032500Z");
    expect(restoredNameOf("shop", at)).toBe("shop_restored_20261122T032500Z");
    expect(siblingNameOf("shop", "rst_0199-aaaa-bbbbccccdddd")).toBe("shop_restoring_bbbbccccdddd");
  });

  it.each(["x".repeat(63), "é".repeat(31), "🛟".repeat(15), `${"a".repeat(36)}🛟${"b".repeat(23)}`, "new\nline", `q'uo"te`, "a.b", "-Fp"])(
    "of %j stay within 63 bytes, whole characters and the whole suffix",
    (name) => {
      for (const made of [keptNameOf(name, at), restoredNameOf(name, at), siblingNameOf(name, "rst_abcdefghijklmnop")]) {
        expect(bytes(made)).toBeLessThanOrEqual(63);
        expect(made).toMatch(/_(before|restored)_20261122T032500Z$|_restoring_efghijklmnop$/);
        expect(Buffer.from(made).toString()).toBe(made);
        expect(name.startsWith(made.replace(/_(before|restored|restoring)_\w+$/, ""))).toBe(true);
      }
    },
  );

  it("use up the room that there is", () => {
    expect(bytes(keptNameOf("x".repeat(63), at))).toBe(63);
    expect(keptNameOf(`${"a".repeat(37)}🛟`, at)).toBe(`${"a".repeat(37)}_before_20261122T032500Z`);
  });

  it("are not those of other databases, also where they were cut", () => {
    const long = "x".repeat(63);
    const first = keptNameOf(long, at);
    const second = keptNameOf(long, at, [first]);
    const third = keptNameOf(long, at, [first, second]);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(third).toMatch(/Z_3$/);
    expect(bytes(third)).toBe(63);
    expect(siblingNameOf("shop", "rst_1", ["shop_restoring_rst1"])).toBe("shop_restoring_rst1_2");
  });

  it("differ where two names become equal by cutting only if the list tells so", () => {
    const [one, other] = [`${"x".repeat(62)}a`, `${"x".repeat(62)}b`];
    expect(keptNameOf(one, at)).toBe(keptNameOf(other, at));
    expect(keptNameOf(one, at, [keptNameOf(other, at)])).not.toBe(keptNameOf(other, at));
  });
});
