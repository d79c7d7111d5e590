import type { Block, Cell, ReportDocument } from "./document.ts";

/** The report as Markdown (CommonMark with tables). What people typed is text, never mark-up. */
export function toMarkdown(document: ReportDocument): string {
  const head = [`# ${escape(document.title)}`, escape(document.subtitle), `**${escape(document.verdict.text)}**`];
  const body = document.sections.flatMap(({ title, blocks }) => [`## ${escape(title)}`, ...blocks.map(blockText)]);
  return `${[...head, ...body, "---", escape(document.footer)].join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.type) {
    case "facts":
      return block.rows.map(({ label, value }) => `- ${escape(label)}: ${escape(value)}`).join("\n");
    case "paragraph":
      return escape(block.text);
    case "evidence":
      return `${escape(block.title)}\n\n${fenced(block.text)}`;
    case "table": {
      const titles = block.columns.map(({ title }) => escape(title));
      const lines = block.columns.map(({ align }) => (align === "right" ? "---:" : "---"));
      return [titles, lines, ...block.rows.map((row) => row.map(cellText))].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    }
  }
}

function cellText({ text, below }: Cell): string {
  const parts = below === undefined ? [text] : [text, `(${below})`];
  return parts.map(escape).join(" ");
}

/** One line, and no character that Markdown or HTML would read as its own. */
function escape(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/gu, " ")
    .replaceAll(/[\\`*_{}[\]<>#|~&!]/gu, String.raw`\$&`)
    .replace(/^(\s*)([-+]|\d+[.)])(?=\s|$)/u, String.raw`$1\$2`);
}

/** Kept as it is, between fences that are longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}text\n${text}\n${fence}`;
}
