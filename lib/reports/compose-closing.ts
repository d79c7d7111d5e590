import type { ReportContent, ReportDetailDto } from "#lib/contracts/drill-reports";
import type { Block, Detail, Fact, Section } from "./document.ts";
import type { Reader } from "./reader.ts";

const noReport = "0".repeat(64);

/** Findings, clean-up, sign-off, later notes, and what proves that nothing was changed. */
export function composeClosing(detailed: ReportDetailDto, reader: Reader, detail: Detail): Section[] {
  const { report } = detailed.signed;
  const { t } = reader;
  return [
    { title: t("sections.findings"), blocks: findingsOf(report, reader) },
    { title: t("sections.cleanUp"), blocks: [cleanUpOf(report, reader)] },
    { title: t("sections.signOff"), blocks: [{ type: "facts", rows: signOffOf(report, reader) }] },
    ...notesOf(detailed, reader),
    {
      title: t("sections.integrity"),
      blocks: [
        { type: "facts", rows: integrityOf(detailed, reader) },
        { type: "paragraph", text: detail === "whole" ? t("integrityNote") : `${t("integrityNote")} ${t("shortened")}`, isQuiet: true },
      ],
    },
  ];
}

function findingsOf({ findings, improvement, playbookVersion, incidentId }: ReportContent, { t }: Reader): Block[] {
  const blocks: Block[] = [];
  if (findings.length === 0) blocks.push({ type: "paragraph", text: t("noFindings") });
  else {
    blocks.push({
      type: "table",
      columns: [
        { title: t("finding"), share: 1 },
        { title: t("action"), share: 1 },
      ],
      rows: findings.map(({ text, action }) => [{ text }, { text: action === "" ? t("none") : action }]),
    });
  }
  if (improvement !== "") blocks.push({ type: "facts", rows: [{ label: t("improvement"), value: improvement }] });
  const lines = [t("playbook", { version: playbookVersion }), ...(incidentId === null ? [] : [t("incident", { id: incidentId })])];
  return [...blocks, { type: "paragraph", text: lines.join(" · ") }];
}

function cleanUpOf({ cleanUp }: ReportContent, { t, instant }: Reader): Block {
  if (cleanUp === null) return { type: "paragraph", text: t("cleanUpNone") };
  const { databases, processes, folders, files, detail } = cleanUp;
  const isClean = databases + processes + folders + files === 0;
  const counts = t("cleanUpValue", { databases, processes, folders, files });
  return {
    type: "facts",
    rows: [
      { label: t("cleanUpLooked"), value: instant(cleanUp.at) },
      { label: t("cleanUpFound"), value: t(isClean ? "cleanUpGone" : "cleanUpLeft", { counts }), tone: isClean ? "good" : "bad" },
      ...(detail === "" ? [] : [{ label: t("cleanUpDetail"), value: detail }]),
    ],
  };
}

function signOffOf({ signOff, drill }: ReportContent, { t, instant }: Reader): Fact[] {
  const isBySystem = drill.unattended && signOff.userId === null;
  return [
    { label: t("signedBy"), value: isBySystem ? t("signedUnattended") : signOff.name },
    { label: t("signedAt"), value: instant(signOff.at) },
  ];
}

function notesOf({ notes }: ReportDetailDto, { t, instant }: Reader): Section[] {
  if (notes.length === 0) return [];
  const rows = notes.map(({ authorName, at, text }) => ({ label: t("note", { author: authorName, at: instant(at) }), value: text }));
  return [
    {
      title: t("sections.notes"),
      blocks: [
        { type: "facts", rows },
        { type: "paragraph", text: t("notesNote"), isQuiet: true },
      ],
    },
  ];
}

function integrityOf({ signed, verification }: ReportDetailDto, { t, instant, word }: Reader): Fact[] {
  const { report, sha256, signature } = signed;
  const at = instant(verification.checkedAt);
  const looked = verification.ok
    ? t("lookedGood", { at })
    : t("lookedBad", { at, problems: verification.problems.map((code) => word("reports.problem", code)).join(" ") });
  return [
    { label: t("reportId"), value: report.id },
    { label: t("place"), value: t("placeValue", { sequence: report.sequence, installation: report.installationId }) },
    { label: t("previous"), value: report.previousSha256 === noReport ? t("noPrevious") : report.previousSha256 },
    { label: t("own"), value: sha256 },
    { label: t("key"), value: signature.keyId },
    { label: t("signature"), value: signature.value },
    { label: t("looked"), value: looked, tone: verification.ok ? "good" : "bad" },
  ];
}
