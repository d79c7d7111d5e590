import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown.tsx";
import { safeAddress } from "./safe-address.ts";

const html = (text: string): string => renderToStaticMarkup(<Markdown text={text} />);

describe("Markdown", () => {
  it("draws what playbooks are made of", () => {
    const drawn = html(
      "# Before\n\n1. **Tell** the `team`\n2. Call [ops](https://ops.example/a?b=1)\n\n- [x] done\n- [ ] open\n\n```\nnpm run check\n```",
    );
    expect(drawn).toContain("<h3");
    expect(drawn).toContain("<ol");
    expect(drawn).toMatch(/<p>Tell|<p><strong[^>]*>Tell<\/strong> the <code/);
    expect(drawn).toMatch(/<strong[^>]*>Tell<\/strong>/);
    expect(drawn).toContain('href="https://ops.example/a?b=1"');
    expect(drawn).toContain("npm run check");
    expect(drawn).not.toContain("[x]");
  });

  it("never makes HTML of what was typed", () => {
    for (const text of [
      "<script>alert(1)</script>",
      "before <img src=x onerror=alert(1)> after",
      "<a href='javascript:alert(1)'>x</a>",
      "```<b>\n<b>bold</b>\n```",
      "| <i>a</i> |\n|---|\n| <u>b</u> |",
    ]) {
      expect(html(text)).not.toMatch(/<(script|img|b|i|u)[\s>]|<a /);
    }
  });

  it("counts headings without a gap, whatever was typed", () => {
    const levels = [...html("## First\n\n#### Deep\n\n# Top\n\n> ## quoted").matchAll(/<h(\d)/g)].map(([, level]) => level);
    expect(levels).toEqual(["3", "4", "3"]);
  });

  it("leads nowhere but to the web, an e-mail or a place of Lifeboat", () => {
    for (const address of [
      "javascript:alert(1)",
      " JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "/\\evil.example",
      "vbscript:x",
      "ftp",
    ])
      expect([address, safeAddress(address)]).toEqual([address, null]);
    expect(safeAddress("/sources")).toBe("/sources");
    expect(safeAddress("mailto:ops@example.org")).toBe("mailto:ops@example.org");
    expect(html("[x](javascript:alert(1)) ![y](data:text/html,z)")).not.toContain("href");
  });
});
