import type { ReportContent } from "#lib/contracts/drill-reports";

const extensions = { pdf: "pdf", markdown: "md", json: "json" } as const;

/** `lifeboat-drill-report_00007_shop_20261122T101112Z.json`: sorted by name, reports stand in the order of their chain. */
export function reportFileName({ sequence, source, writtenAt }: ReportContent, format: keyof typeof extensions): string {
  const time = writtenAt.replaceAll(/[-:]|\.\d+/g, "");
  return `lifeboat-drill-report_${String(sequence).padStart(5, "0")}_${source.name.slice(0, 60).trim().replaceAll(/\s+/gu, "_")}_${time}.${extensions[format]}`;
}
