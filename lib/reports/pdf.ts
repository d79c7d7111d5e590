import PdfDocument from "pdfkit";
import type { ReportDetailDto } from "#lib/contracts/drill-reports";
import { composeReport } from "./compose.ts";
import { details, type ReportDocument } from "./document.ts";
import { drawReport } from "./pdf-draw.ts";
import { loadTypesetter } from "./pdf-text.ts";
import type { Reader } from "./reader.ts";

/** A report is one to three pages, unless what people wrote is longer than that. */
const mostPages = 3;

/**
 * The report as a PDF (A4): real text with page numbers, at most three pages as a rule. Where many checks would make it longer, letters get smaller and
 * texts shorter; every check stays. Only findings and notes, which are never shortened, can make it longer still.
 */
export async function toPdf(report: ReportDetailDto, reader: Reader): Promise<Uint8Array> {
  for (const [index, detail] of details.entries()) {
    if (detail === "whole") continue;
    const drawn = await draw(composeReport(report, reader, detail), index);
    if (drawn.pages <= mostPages || index === details.length - 1) return drawn.bytes;
  }
  throw new Error("the last form is always taken");
}

/** Points: letters, and the room between blocks. The index is that of `details`. */
const sizes = [8.5, 8.5, 7.5, 6.5] as const;

async function draw(document: ReportDocument, index: number): Promise<{ bytes: Uint8Array; pages: number }> {
  const pdf = new PdfDocument({
    size: "A4",
    margin: 0,
    bufferPages: true,
    autoFirstPage: false,
    lang: document.language,
    displayTitle: true,
    info: { Title: `${document.title}: ${document.subtitle}`, Author: "Lifeboat", CreationDate: document.writtenAt },
  });
  const parts: Uint8Array[] = [];
  pdf.on("data", (part: Uint8Array) => parts.push(part));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on("end", resolve);
    pdf.on("error", reject);
  });
  const pages = drawReport(pdf, await loadTypesetter(pdf), document, sizes[index] ?? 8.5);
  pdf.end();
  await ended;
  return { bytes: Buffer.concat(parts), pages };
}
