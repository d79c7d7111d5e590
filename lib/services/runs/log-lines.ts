import { stripVTControlCharacters } from "node:util";
import { redactText } from "#lib/log/redact";

const maxLineBytes = 4 * 1024;

/**
 * Turns what a tool said into lines that can be stored and shown: colours and control characters gone, secrets masked, each line
 * at most 4 KiB (cut at a character, marked with …). Empty lines are dropped.
 */
export function cleanLines(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => clip(redactText(printable(line))))
    .filter((line) => line.trim() !== "");
}

function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return stripVTControlCharacters(line.slice(0, maxLineBytes * 4)).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

function clip(line: string): string {
  if (Buffer.byteLength(line) <= maxLineBytes) return line;
  const cut = Buffer.from(line)
    .subarray(0, maxLineBytes - 3)
    .toString("utf8");
  return `${cut.replace(/\uFFFD+$/u, "")}…`;
}
