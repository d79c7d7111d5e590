import { formatBytes } from "#lib/format/bytes";
import { redactedJson, redactText } from "#lib/log/redact";

/** Where a command speaks: results on standard output, everything else on standard error. */
export interface Terminal {
  /** A line of the result. */
  print(line: string): void;
  /** A result as one JSON document in a line, which can be parsed whatever was masked in it. */
  printJson(document: object): void;
  /** A line for people beside the result. */
  note(line: string): void;
  /** Replaces the line of progress; on anything but a terminal nothing is shown. */
  progress(line: string): void;
  /** Takes the line of progress away. */
  endProgress(): void;
  readonly isInteractive: boolean;
}

// oxlint-disable-next-line no-control-regex
const commands = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Names and messages come from elsewhere: what a terminal would obey is left out, and so are secrets. */
export function shown(text: string): string {
  return redactText(text).replaceAll(commands, "�");
}

/** A document as a terminal may have it: what it would obey stands only within texts, where JSON has another way to write it. */
function shownJson(document: object): string {
  return redactedJson(document).replaceAll(commands, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function createTerminal(out: NodeJS.WritableStream = process.stdout, err: NodeJS.WriteStream = process.stderr): Terminal {
  const isInteractive = err.isTTY;
  let isShowing = false;
  const clear = () => {
    if (isShowing) err.write("\r\u001b[2K");
    isShowing = false;
  };
  return {
    isInteractive,
    print: (line) => {
      clear();
      out.write(`${shown(line)}\n`);
    },
    printJson: (document) => {
      clear();
      out.write(`${shownJson(document)}\n`);
    },
    note: (line) => {
      clear();
      err.write(`${shown(line)}\n`);
    },
    progress: (line) => {
      if (!isInteractive) return;
      clear();
      err.write(shown(line).slice(0, Math.max(20, err.columns - 1)));
      isShowing = true;
    },
    endProgress: clear,
  };
}

const barWidth = 28;

/** `[#######---------------------]  25 %  1.2 GiB of 4.8 GiB`; without a total only what is done. */
export function progressBar(label: string, done: number, total: number | null): string {
  if (total === null || total <= 0) return `${label}  ${formatBytes(done, "en")}`;
  return `${label}  ${bar(done / total)}  ${formatBytes(done, "en")} of ${formatBytes(total, "en")}`;
}

/** The same for things that are counted. */
export function countBar(label: string, done: number, total: number): string {
  return total <= 0 ? label : `${label}  ${bar(done / total)}  ${done} of ${total}`;
}

function bar(done: number): string {
  const share = Math.min(1, done);
  const filled = Math.floor(share * barWidth);
  return `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}] ${`${Math.floor(share * 100)}`.padStart(3)} %`;
}

/** Columns under their heads; the last one is not padded. Empty when there are no rows. */
export function tableLines(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const isLast = (column: number) => column === heads.length - 1;
  return all.map((row) => row.map((cell, column) => (isLast(column) ? cell : cell.padEnd(widths[column] ?? 0))).join("  "));
}
