import { describe, expect, it } from "vitest";
import { freeSlug, slugOf } from "./slug.ts";

describe("slugOf", () => {
  it.each([
    ["Shop", "shop"],
    ["Ñandú 表 2", "nandu-2"],
    ["  a=b; drop -- x ", "a-b-drop-x"],
    ["../../etc/passwd", "etc-passwd"],
    ["ﬁne Ⅳ", "fine-iv"],
  ])("turns %j into %j", (name, slug) => {
    expect(slugOf(name, "source")).toBe(slug);
  });

  it("falls back where nothing is left", () => {
    expect(slugOf("表", "source")).toBe("source");
    expect(slugOf("---", "server")).toBe("server");
  });

  it("never ends in a hyphen when it is cut", () => {
    const slug = slugOf(`${"a".repeat(39)} tail`, "source");
    expect(slug).toBe("a".repeat(39));
  });
});

describe("freeSlug", () => {
  it("keeps a free slug and counts up from 2 past taken ones", () => {
    expect(freeSlug("shop", new Set())).toBe("shop");
    expect(freeSlug("shop", new Set(["shop", "shop-2"]))).toBe("shop-3");
  });

  it("stays within 40 characters", () => {
    const long = "a".repeat(40);
    expect(freeSlug(long, new Set([long]))).toBe(`${"a".repeat(38)}-2`);
  });
});
