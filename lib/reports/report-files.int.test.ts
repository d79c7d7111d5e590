import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sampleCheck, sampleReport, sampleReportDetail } from "#lib/testing/sample-report";
import { composeReport } from "./compose.ts";
import { toMarkdown } from "./markdown.ts";
import { toPdf } from "./pdf.ts";
import { readerFor } from "./reader.ts";

const english = readerFor("en", "UTC");
const spanish = readerFor("es", "Europe/Madrid");

/** What pdftotext (poppler) reads, page by page. */
async function pagesOf(pdf: Promise<Uint8Array>): Promise<string[]> {
  const text = execFileSync("pdftotext", ["-layout", "-enc", "UTF-8", "-", "-"], { input: await pdf, encoding: "utf8" });
  return text.split("\f").slice(0, -1);
}

const flat = (text: string) => text.replaceAll(/\s+/gu, " ");

describe("the report as PDF", () => {
  it("has everything that an auditor asks for, as text", async () => {
    const pages = await pagesOf(toPdf(sampleReportDetail(), english));
    const text = flat(pages.join(" "));
    for (const expected of [
      "Restore drill report",
      "Passed with findings",
      "shop · report 7",
      "Production",
      "Main server",
      "Núria Ibáñez",
      "22 Nov 2026, 10:11:12 UTC",
      "Incremental",
      "31 tables, 1,204,233 rows",
      "cd".repeat(32),
      "pg_restore 17.12",
      "another account, without network",
      "Sequences are not behind",
      "4 sequences, none behind",
      "Orders of yesterday",
      "by Núria Ibáñez: looked at by hand",
      "Choose the backup",
      "42 s",
      "The playbook names an old server.",
      "Name the new one.",
      "Paused the drill: telephone",
      "0 databases, 0 processes, 0 folders, 0 files: nothing is left",
      "ef".repeat(32),
      `sgk_${"9".repeat(32)}`,
      "22 Dec 2026, 10:00 UTC",
      `Page 1 of ${pages.length}`,
    ]) {
      expect(text).toContain(expected);
    }
    expect(text).toMatch(/Recovery time 15 min 4 min Met/);
    expect(text).toMatch(/Recovery point 1 ?h 8 ?h Missed/);
  });

  it("numbers every page, and there are three at most for forty checks and as many steps", async () => {
    const checks = Array.from({ length: 40 }, (_, index) =>
      sampleCheck({ key: `c${index}`, name: `Check number ${index} of the plan`, actual: "Equal in every table ".repeat(4) }),
    );
    const steps = Array.from({ length: 40 }, () => sampleReport().steps[1]).filter((step) => step !== undefined);
    const pages = await pagesOf(toPdf(sampleReportDetail({ checks, steps }), english));
    expect(pages.length).toBeLessThanOrEqual(3);
    pages.forEach((page, index) => expect(page).toContain(`Page ${index + 1} of ${pages.length}`));
    const text = flat(pages.join(" "));
    for (const { name } of checks) expect(text).toContain(name);
  });

  it("holds every one of 120 checks on three pages, in smaller letters", async () => {
    const checks = Array.from({ length: 120 }, (_, index) =>
      sampleCheck({ key: `c${index}`, name: `Check ${index}`, actual: "long ".repeat(80) }),
    );
    const pages = await pagesOf(toPdf(sampleReportDetail({ checks }), english));
    expect(pages.length).toBeLessThanOrEqual(3);
    const found = new Set([...pages.join("\n").matchAll(/^\s*Check (\d+)\s/gmu)].map(([, index]) => Number(index)));
    expect(found.size).toBe(120);
  });

  it("never shortens a finding: one of several thousand letters goes on over pages", async () => {
    const text = Array.from({ length: 900 }, (_, index) => `word${index}`).join(" ");
    const pages = await pagesOf(toPdf(sampleReportDetail({ findings: [{ text, action: text }] }), english));
    const words = new Set(pages.join(" ").match(/word\d+/gu));
    expect(words.size).toBe(900);
  });

  it("speaks Spanish, with its accents and the reader's zone", async () => {
    const text = flat((await pagesOf(toPdf(sampleReportDetail(), spanish))).join(" "));
    for (const expected of [
      "Informe de simulacro de restauración",
      "Superado con observaciones",
      "Recuperación",
      "Producción",
      "Comprobaciones",
      "22 nov 2026, 11:11:12 UTC+01:00",
      "Página 1 de",
    ]) {
      expect(text.toLowerCase()).toContain(expected.toLowerCase());
    }
  });

  it("writes Greek, Cyrillic and Polish names, and says which letters it lacks", async () => {
    const source = { ...sampleReport().source, name: "Łódź Αθήνα Москва", database: "数据库" };
    const text = flat((await pagesOf(toPdf(sampleReportDetail({ source }), english))).join(" "));
    expect(text).toContain("Łódź Αθήνα Москва");
    expect(text).toContain("[U+6570][U+636E][U+5E93]");
    expect(text).toContain("Characters that this file’s fonts lack");
    const usual = flat((await pagesOf(toPdf(sampleReportDetail(), english))).join(" "));
    expect(usual).not.toContain("Characters that this file’s fonts lack");
  });

  it("tells of a failed check why, with its evidence", async () => {
    const failed = sampleCheck({
      name: "Rows of orders",
      state: "failed",
      actual: "",
      reason: { code: "check-failed", params: { count: 2, first: "orders" }, message: "", hint: "" },
      evidence: "orders: 41 rows, 42 expected",
      attempts: [{ state: "failed", at: "2026-11-22T10:02:00.000Z", by: "Lifeboat", actual: "41" }],
    });
    const text = flat((await pagesOf(toPdf(sampleReportDetail({ checks: [failed], verdict: "failed" }), english))).join(" "));
    expect(text).toContain("orders: 41 rows, 42 expected");
    expect(text).toContain(english.reason({ code: "check-failed", params: { count: 2, first: "orders" } }).slice(0, 20));
    expect(text).toContain("ran once before and failed");
  });
});

describe("the report as Markdown", () => {
  const markdown = (detail = sampleReportDetail()) => toMarkdown(composeReport(detail, english, "whole"));

  it("is complete in both languages", () => {
    const text = markdown();
    expect(text).toMatch(/^# Restore drill report\n/);
    expect(text).toContain("| Sequences are not behind | not behind | 4 sequences, none behind | Passed | 1.2\u00a0s |");
    expect(toMarkdown(composeReport(sampleReportDetail(), spanish, "whole"))).toContain("## Observaciones y acciones correctivas");
  });

  it("makes no mark-up of what people typed", () => {
    const hostile = "a | b\n# x <script>alert(1)</script> [l](http://e) `c` *d*";
    const source = { ...sampleReport().source, name: hostile };
    const checks = [sampleCheck({ name: hostile, state: "failed", evidence: "```\n# not a heading\n````" })];
    const text = markdown(sampleReportDetail({ source, checks }));
    expect(text).toContain(String.raw`a \| b \# x \<script\>alert(1)\</script\> \[l\](http://e) \`c\` \*d\*`);
    expect(text).not.toMatch(/<script>/);
    expect(text).toContain("`````text\n```\n# not a heading\n````\n`````");
  });

  it("has the notes that came later, marked as not signed", () => {
    const note = { id: `rpn_${"1".repeat(32)}`, at: "2026-11-23T08:00:00.000Z", authorName: "Ana", text: "The server was renamed." };
    const text = markdown(sampleReportDetail({}, { notes: [note] }));
    expect(text).toContain("- Ana, 23 Nov 2026, 08:00:00 UTC: The server was renamed.");
    expect(text).toContain("Notes are not part of what is signed.");
  });
});
