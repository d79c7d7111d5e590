import { describe, expect, it } from "vitest";
import { badgeColours, badgeSvg } from "./badge-svg.ts";

/** Relative luminance by WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("badgeSvg", () => {
  it("says both fields to people who see it and to those who do not", () => {
    const svg = badgeSvg({ label: "Shop", message: "good, 3 hours old", level: "good" });
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="20" role="img" aria-label="Shop: good, 3 hours old">/,
    );
    expect(svg).toContain("<title>Shop: good, 3 hours old</title>");
    expect(svg).toContain(badgeColours.good);
  });

  it("lets no name become markup, and shortens long ones", () => {
    const svg = badgeSvg({ label: `<script>alert("1")</script>&\u0000\u001B`, message: "x".repeat(500), level: "bad" });
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;</text>");
    expect(svg.length).toBeLessThan(1500);
  });

  it("can be read: white on each colour has a contrast of 4.5 at least", () => {
    for (const colour of Object.values(badgeColours)) expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThan(4.5);
  });
});
