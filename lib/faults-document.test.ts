import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const rows = readFileSync(`${root}docs/faults.md`, "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && cells[4]?.startsWith("`") === true)
  .map((cells): [string, string] => [cells[4]?.replaceAll("`", "") ?? "", cells[5] ?? ""]);

it("reads the table", () => {
  expect(rows.length).toBeGreaterThan(50);
});

it.each(rows)("%s has the test: %s", (file, title) => {
  const text = readFileSync(`${root}${file}`, "utf8");
  const quoted = [`"${title}"`, `\`${title}\``, `'${title}'`];
  expect(quoted.some((each) => text.includes(each))).toBe(true);
});
