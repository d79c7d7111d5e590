import type { ReportContent, ReportDetailDto } from "#lib/contracts/drill-reports";
import type { DrillVerdict } from "#lib/domain/drill-state";
import { composeChecks } from "./compose-checks.ts";
import { composeClosing } from "./compose-closing.ts";
import { composeFacts } from "./compose-facts.ts";
import { composeSteps } from "./compose-steps.ts";
import type { Detail, ReportDocument, Tone } from "./document.ts";
import type { Reader } from "./reader.ts";

/** A report in the reader's words, with as much of long texts as `detail` says. */
export function composeReport(detailed: ReportDetailDto, reader: Reader, detail: Detail): ReportDocument {
  const { report } = detailed.signed;
  const { t } = reader;
  return {
    language: reader.language,
    title: t("title"),
    subtitle: t("subtitle", { source: report.source.name, sequence: report.sequence }),
    verdict: { text: reader.word("status.verdict", report.verdict), tone: toneOf(report.verdict) },
    sections: [
      ...composeFacts(report, reader),
      ...composeChecks(report, reader, detail),
      ...composeSteps(report, reader, detail),
      ...composeClosing(detailed, reader, detail),
    ],
    footer: t("written", { at: reader.instant(report.writtenAt), version: report.lifeboatVersion }),
    writtenAt: new Date(report.writtenAt),
    pageText: (page, pages) => t("page", { page, pages }),
    missingGlyphs: t("missingGlyphs"),
  };
}

const tones: Record<DrillVerdict, Tone> = { passed: "good", "passed-with-findings": "warning", failed: "bad" };

function toneOf(verdict: ReportContent["verdict"]): Tone {
  return tones[verdict];
}
