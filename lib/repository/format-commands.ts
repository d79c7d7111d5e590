import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The shell block `id` of docs/format.md: tests run what the page says, not a copy of it. */
export function formatCommands(id: "unpack" | "restore" | "rebuild"): string {
  const page = readFileSync(join(import.meta.dirname, "../../docs/format.md"), "utf8");
  const block = new RegExp(`\`\`\`sh id=${id}\n([^]*?)\`\`\``).exec(page)?.[1];
  if (block === undefined) throw new Error(`docs/format.md has no block ${id}`);
  return block;
}
