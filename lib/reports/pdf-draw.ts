import type { Block, Cell, Column, Fact, ReportDocument, Tone } from "./document.ts";
import type { Line, Typesetter, Weight } from "./pdf-text.ts";

/** Points of an A4 page. */
const page = { width: 595.28, height: 841.89, left: 42, right: 42, top: 40, bottom: 46 };
const inside = page.width - page.left - page.right;
const gap = 8;
const colours: Record<Tone, string> = { plain: "#1a1a1a", good: "#0b6b3a", warning: "#8a5a00", bad: "#a11d1d", quiet: "#5b6169" };
const ruleColour = "#cfd4da";

type Style = { readonly weight: Weight; readonly size: number; readonly colour: string };
type Placed = { readonly lines: readonly Line[]; readonly style: Style };

/** Draws a report from its first page to its last, numbers the pages and returns how many there are. */
export function drawReport(pdf: PDFKit.PDFDocument, type: Typesetter, report: ReportDocument, size: number): number {
  const sheet = openSheet(pdf, type, size);
  sheet.text(report.title, { weight: "bold", size: size * 2, colour: colours.plain });
  sheet.text(report.subtitle, { weight: "regular", size: size * 1.2, colour: colours.quiet });
  sheet.text(report.verdict.text, { weight: "bold", size: size * 1.5, colour: colours[report.verdict.tone] });
  for (const { title, blocks } of report.sections) {
    sheet.heading(title);
    for (const block of blocks) sheet.block(block);
  }
  if (type.lacksLetters()) sheet.text(report.missingGlyphs, { weight: "regular", size: size * 0.88, colour: colours.quiet });
  return sheet.number(report);
}

function openSheet(pdf: PDFKit.PDFDocument, type: Typesetter, size: number) {
  const body: Style = { weight: "regular", size, colour: colours.plain };
  const small: Style = { weight: "regular", size: size * 0.88, colour: colours.quiet };
  const bold: Style = { ...body, weight: "bold" };
  const bottom = page.height - page.bottom;
  let y = page.top;
  pdf.addPage();

  const lineHeight = ({ size: points }: Style) => points * 1.36;
  const nextPage = () => {
    pdf.addPage();
    y = page.top;
  };
  const drawLine = (line: Line, x: number, top: number, style: Style) => {
    let at = x;
    for (const run of line) {
      pdf.font(run.font).fontSize(style.size).fillColor(style.colour).text(run.text, at, top, { lineBreak: false });
      at += type.width([run], style.size);
    }
  };
  const place = (text: string, style: Style, width: number): Placed => ({ lines: type.lines(text, { ...style, width }), style });
  const heightOf = (placed: readonly Placed[]) => placed.reduce((sum, { lines, style }) => sum + lines.length * lineHeight(style), 0);
  const drawPlaced = (placed: readonly Placed[], x: number, top: number, width: number, align?: "right") => {
    let at = top;
    for (const { lines, style } of placed) {
      for (const line of lines) {
        drawLine(line, align === "right" ? x + width - type.width(line, style.size) : x, at, style);
        at += lineHeight(style);
      }
    }
  };
  const rule = () => {
    pdf
      .moveTo(page.left, y)
      .lineTo(page.width - page.right, y)
      .lineWidth(0.5)
      .strokeColor(ruleColour)
      .stroke();
  };
  /** Flows over pages, line by line. */
  const flow = (text: string, style: Style, indent = 0) => {
    for (const line of place(text, style, inside - indent).lines) {
      if (y + lineHeight(style) > bottom) nextPage();
      drawLine(line, page.left + indent, y, style);
      y += lineHeight(style);
    }
  };

  const labelWidth = inside * 0.21;
  const half = inside / 2;
  const placeFact = ({ label, value, tone }: Fact, width: number) => ({
    left: place(label, { ...small, size }, labelWidth - gap),
    right: place(value, { ...body, colour: colours[tone ?? "plain"] }, width - labelWidth - gap),
  });
  const isShort = (fact: Fact) => {
    const { left, right } = placeFact(fact, half);
    return left.lines.length === 1 && right.lines.length === 1;
  };
  /** Two facts beside each other where both are short, else one over the whole width. */
  const facts = (rows: readonly Fact[]) => {
    for (let index = 0; index < rows.length; index += 1) {
      const [fact, next] = [rows[index], rows[index + 1]];
      if (fact === undefined) continue;
      if (next !== undefined && isShort(fact) && isShort(next)) {
        drawPair(fact, next);
        index += 1;
      } else drawFact(fact);
    }
    y += size * 0.4;
  };
  const drawPair = (...pair: readonly Fact[]) => {
    if (y + lineHeight(body) > bottom) nextPage();
    pair.forEach((fact, column) => {
      const { left, right } = placeFact(fact, half);
      drawPlaced([left], page.left + column * half, y, labelWidth);
      drawPlaced([right], page.left + column * half + labelWidth, y, half);
    });
    y += lineHeight(body);
  };
  const drawFact = (fact: Fact) => {
    const { left, right } = placeFact(fact, inside);
    if (y + Math.min(heightOf([right]), lineHeight(body) * 4) > bottom) nextPage();
    const top = y;
    drawPlaced([left], page.left, top, labelWidth);
    for (const line of right.lines) {
      if (y + lineHeight(body) > bottom) nextPage();
      drawLine(line, page.left + labelWidth, y, right.style);
      y += lineHeight(body);
    }
    if (y >= top) y = Math.max(y, top + heightOf([left]));
  };

  const table = (columns: readonly Column[], rows: readonly (readonly Cell[])[]) => {
    const shares = columns.reduce((sum, { share }) => sum + share, 0);
    const widths = columns.map(({ share }) => (inside * share) / shares);
    const lefts = widths.map((_, index) => page.left + widths.slice(0, index).reduce((sum, width) => sum + width, 0));
    const drawRow = (cells: readonly (readonly Placed[])[]) => {
      cells.forEach((placed, index) =>
        drawPlaced(placed, lefts[index] ?? page.left, y, (widths[index] ?? gap) - gap, columns[index]?.align),
      );
      y += Math.max(...cells.map(heightOf)) + size * 0.25;
    };
    const titles = columns.map(({ title }, index) => [place(title, { ...small, weight: "bold" }, (widths[index] ?? gap) - gap)]);
    const head = () => {
      drawRow(titles);
      rule();
      y += size * 0.25;
    };
    if (y + heightOf(titles[0] ?? []) + lineHeight(body) * 2 > bottom) nextPage();
    head();
    for (const row of rows) {
      const cells = row.map(({ text, tone, below }, index) => {
        const width = (widths[index] ?? gap) - gap;
        const style = tone === undefined || tone === "plain" ? body : { ...bold, colour: colours[tone] };
        const placed = place(text, style, width);
        return below === undefined ? [placed] : [placed, place(below, small, width)];
      });
      for (const part of pagesOf(cells, bottom - page.top - lineHeight(body) * 3)) {
        if (y + Math.max(...part.map(heightOf)) > bottom) {
          nextPage();
          head();
        }
        drawRow(part);
      }
    }
    y += size * 0.4;
  };

  /** A row that is higher than a page (a finding of several thousand letters) goes on on the next one. */
  const pagesOf = (cells: readonly (readonly Placed[])[], most: number): (readonly (readonly Placed[])[])[] => {
    if (Math.max(...cells.map(heightOf)) <= most) return [cells];
    const fit = Math.max(1, Math.floor(most / lineHeight(body)));
    const longest = Math.max(...cells.map((placed) => placed.reduce((sum, { lines }) => sum + lines.length, 0)));
    return Array.from({ length: Math.ceil(longest / fit) }, (_, index) =>
      cells.map((placed) => {
        const all = placed.flatMap(({ lines, style }) => lines.map((line) => ({ lines: [line], style })));
        return all.slice(index * fit, (index + 1) * fit);
      }),
    );
  };

  const block = (one: Block) => {
    switch (one.type) {
      case "facts":
        return facts(one.rows);
      case "table":
        return table(one.columns, one.rows);
      case "paragraph":
        flow(one.text, one.isQuiet === true ? small : body);
        y += size * 0.3;
        return undefined;
      case "evidence":
        flow(one.title, { ...small, weight: "bold" });
        flow(one.text, small, gap);
        y += size * 0.3;
        return undefined;
    }
  };

  return {
    text: (text: string, style: Style) => flow(text, style),
    block,
    heading: (title: string) => {
      y += size * 0.9;
      // A heading is never the last line of a page.
      if (y + size * 6 > bottom) nextPage();
      flow(title, { ...bold, size: size * 1.2 });
      rule();
      y += size * 0.4;
    },
    number: ({ footer, pageText }: ReportDocument): number => {
      const { start, count } = pdf.bufferedPageRange();
      for (let index = 0; index < count; index += 1) {
        pdf.switchToPage(start + index);
        const top = page.height - page.bottom + 16;
        drawPlaced([place(footer, small, inside * 0.7)], page.left, top, inside);
        drawPlaced([place(pageText(index + 1, count), small, inside * 0.3)], page.left, top, inside, "right");
      }
      return count;
    },
  };
}
