import type { ReportContent } from "#lib/contracts/drill-reports";
import type { Block, Cell, Detail, Section, Tone } from "./document.ts";
import type { Reader } from "./reader.ts";
import { shorten } from "./shorten.ts";

type Check = ReportContent["checks"][number];

/** Characters of a cell, and of the evidence of a check that failed. */
const limits: Record<Detail, { readonly cell: number; readonly evidence: number }> = {
  whole: { cell: Number.POSITIVE_INFINITY, evidence: Number.POSITIVE_INFINITY },
  full: { cell: 280, evidence: 700 },
  short: { cell: 90, evidence: 250 },
  shortest: { cell: 32, evidence: 0 },
};

/** Every check with what was expected, what was found, verdict and duration; below, the evidence of those that failed. */
export function composeChecks(report: ReportContent, reader: Reader, detail: Detail): Section[] {
  const { t } = reader;
  const { checks } = report;
  const counted = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
  const counts = t("checkCounts", {
    passed: counted("passed"),
    failed: counted("failed"),
    skipped: counted("not-applicable"),
    pending: counted("pending") + counted("running"),
  });
  const table: Block = {
    type: "table",
    columns: [
      { title: t("check"), share: 30 },
      { title: t("expected"), share: 26 },
      { title: t("found"), share: 26 },
      { title: t("result"), share: 13 },
      { title: t("took"), share: 9, align: "right" },
    ],
    rows: checks.map((check) => rowOf(check, reader, detail)),
  };
  const blocks: Block[] = [{ type: "paragraph", text: counts }, table, ...evidenceOf(checks, reader, detail)];
  return [{ title: t("sections.checks"), blocks: checks.length === 0 ? blocks.slice(0, 1) : blocks }];
}

const tones: Record<Check["state"], Tone> = {
  passed: "good",
  failed: "bad",
  "not-applicable": "quiet",
  pending: "warning",
  running: "warning",
};

function rowOf(check: Check, reader: Reader, detail: Detail): Cell[] {
  const { t, duration } = reader;
  const clip = (text: string) => shorten(text, limits[detail].cell);
  const isAdvisory = !check.mandatory;
  const tone = check.state === "failed" && isAdvisory ? "warning" : tones[check.state];
  const state = reader.word("status.drillCheck", check.state);
  return [
    { text: clip(nameOf(check, reader)), ...(isAdvisory && detail !== "shortest" ? { below: t("advisory") } : {}) },
    { text: clip(check.expected) },
    { text: clip(foundOf(check, reader)), ...belowOf(check, reader, detail) },
    { text: isAdvisory && detail === "shortest" ? `${state} (${t("advisory")})` : state, tone },
    { text: check.durationMs === null ? "" : duration(check.durationMs) },
  ];
}

/** Why a check failed, where nothing was found that could be shown. */
function foundOf(check: Check, { reason }: Reader): string {
  return check.actual === "" && check.reason !== null ? reason(check.reason) : check.actual;
}

function belowOf(check: Check, { t }: Reader, detail: Detail): { below?: string } {
  if (detail === "shortest") return {};
  const parts: string[] = [];
  const { decidedBy, note, attempts } = check;
  if (decidedBy !== null) {
    parts.push(
      note === "" ? t("decidedBy", { name: decidedBy }) : t("decidedByWith", { name: decidedBy, note: shorten(note, limits[detail].cell) }),
    );
  }
  const last = attempts.at(-1);
  if (last !== undefined) parts.push(t("earlier", { count: attempts.length, last: last.state }));
  return parts.length === 0 ? {} : { below: parts.join("; ") };
}

function evidenceOf(checks: readonly Check[], reader: Reader, detail: Detail): Block[] {
  const most = limits[detail].evidence;
  if (most === 0) return [];
  return checks
    .filter(({ state, evidence }) => state === "failed" && evidence.trim() !== "")
    .map((check) => ({
      type: "evidence",
      title: reader.t("evidenceOf", { check: nameOf(check, reader) }),
      text: shorten(check.evidence.trimEnd(), most),
    }));
}

/** A check's own name, else what its type is called, with the table that it is about. */
export function nameOf({ name, type, definition }: Check, { word }: Reader): string {
  if (name !== "") return name;
  if (definition.type === "newest-row")
    return word("drills.checks.names", "newest-row-of", { table: `${definition.schema}.${definition.table}` });
  return word("drills.checks.names", type);
}
