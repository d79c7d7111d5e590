import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** One line of the table. */
export type Line = {
  readonly part: string;
  readonly what: string;
  /** The bound as people read it, such as `≤ 1.5 ×`; null for a line that only tells. */
  readonly bound: string | null;
  readonly measured: string;
  readonly reached: boolean | null;
  /** The two sides, for the reader who wants to know. */
  readonly sides: string;
};

type Ratio = { part: string; what: string; ours: number; theirs: number; most: number };

export const seconds = (value: number) => `${value.toFixed(2)} s`;
export const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;

/** A line for a ratio of two medians. */
export function ratioLine({ part, what, ours, theirs, most }: Ratio): Line {
  const ratio = ours / theirs;
  const sides = `${seconds(ours)} : ${seconds(theirs)}`;
  return { part, what, bound: `≤ ${most} ×`, measured: `${ratio.toFixed(2)} ×`, reached: ratio <= most, sides };
}

/** A line for a share of bytes: `part` of `whole`, at most `most` of it. */
export function shareLine(line: { part: string; what: string; bytes: number; of: number; most: number }): Line {
  const { part, what, bytes, of, most } = line;
  const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  const sides = `${(bytes / 1024 ** 2).toFixed(2)} MiB : ${mebibytes(of)}`;
  return { part, what, bound: `≤ ${percent(most)}`, measured: percent(bytes / of), reached: bytes / of <= most, sides };
}

/** A line that only tells. */
export function toldLine(part: string, what: string, measured: string, sides = ""): Line {
  return { part, what, bound: null, measured, reached: null, sides };
}

type Limit = { part: string; what: string; value: number; most: number; show: (value: number) => string; sides?: string };

/** A line for something that has a bound of its own. */
export function limitLine({ part, what, value, most, show, sides = "" }: Limit): Line {
  return { part, what, bound: `≤ ${show(most)}`, measured: show(value), reached: value <= most, sides };
}

function version(file: string, args: readonly string[] = ["--version"]): string {
  const text = execFileSync(file, args, { encoding: "utf8" });
  return /\d+(\.\d+)+\w*/.exec(text)?.[0] ?? text.trim();
}

/** The machine and the programs, in one line each. */
export function describeMachine(binDir: string, folder: string): string[] {
  const [cpu] = cpus();
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  const disk = execFileSync("df", ["--output=fstype", folder], { encoding: "utf8" }).trim().split("\n").at(-1);
  return [
    `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB memory, ${disk} on one disk`,
    `${system}, Linux ${release()}, Node.js ${process.versions.node}, zstd in Node ${process.versions["zstd"]}`,
    `PostgreSQL ${version(`${binDir}/postgres`)} (server and tools on the same machine), zstd ${version("zstd")}, OpenSSL ${version("openssl", ["version"])}`,
  ];
}

const cell = (text: string) => text.replaceAll("|", "\\|");
const head = ["| part | what | bound | measured | | sides | on |", "| --- | --- | --- | --- | --- | --- | --- |"];

/** The rows of the table in Markdown. */
export function markdownRows(lines: readonly Line[], day: string): string[] {
  return lines.map(({ part, what, bound, measured, reached, sides }) => {
    const verdict = reached === null ? "told" : reached ? "reached" : "**not reached**";
    return `| ${[part, what, bound ?? "–", measured, verdict, sides, day].map(cell).join(" | ")} |`;
  });
}

const begin = "<!-- bench: written by npm run bench -->";
const end = "<!-- /bench -->";

/**
 * Puts machine and table between the two marks of a document and keeps everything else, also the rows of parts that were not
 * measured this time. `order` is that of the parts.
 */
export function updateDocument(text: string, machine: readonly string[], rows: readonly string[], order: readonly string[]): string {
  const partOf = (row: string) => /^\| (\w+) \|/.exec(row)?.[1] ?? "";
  const measured = new Set(rows.map(partOf));
  const [before = "", rest = ""] = text.split(begin);
  const [old = "", after = ""] = rest.split(end);
  const kept = old.split("\n").filter((line) => order.includes(partOf(line)) && !measured.has(partOf(line)));
  const all = order.flatMap((part) => [...kept, ...rows].filter((row) => partOf(row) === part));
  const section = [begin, "", ...machine.map((line) => `- ${line}`), "", ...head, ...all, "", end].join("\n");
  return `${before.trimEnd()}\n\n${section}\n\n${after.trimStart()}`;
}
