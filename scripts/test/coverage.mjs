import { readFileSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "./counts.mjs";

/** Where a line that no test runs is a promise that nobody has checked. */
const folders = ["lib/domain", "lib/repository", "lib/engines"];
const wantedPercent = 95;
const shownFiles = 5;

/**
 * Covered lines of each folder out of a coverage summary. A folder at or below 95 % has failed, and its emptiest files are named; so does
 * a folder without a single file, or a summary that is not there.
 */
export function countCoverage(summaryPath, root) {
  let summary;
  try {
    summary = JSON.parse(readFileSync(summaryPath, "utf8"));
  } catch {
    return outcome(0, 1, 0, ["the coverage was not measured"]);
  }
  const result = outcome(0, 0, 0);
  for (const folder of folders) {
    const files = Object.entries(summary).filter(([path]) => path.startsWith(join(root, folder, "/")));
    const covered = files.reduce((sum, [, file]) => sum + file.lines.covered, 0);
    const total = files.reduce((sum, [, file]) => sum + file.lines.total, 0);
    const percent = total === 0 ? 0 : (100 * covered) / total;
    const isEnough = percent > wantedPercent;
    result[isEnough ? "passed" : "failed"] += 1;
    result.notes.push(
      `${folder.padEnd(16)} ${percent.toFixed(1).padStart(5)} % of ${total} lines${isEnough ? "" : `, wanted: more than ${wantedPercent} %`}`,
    );
    if (!isEnough) result.notes.push(...emptiest(files, root));
  }
  return result;
}

function emptiest(files, root) {
  return files
    .map(([path, { lines }]) => ({ path: path.slice(root.length + 1), missing: lines.total - lines.covered }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing)
    .slice(0, shownFiles)
    .map(({ path, missing }) => `  ${path}: ${missing} lines`);
}
