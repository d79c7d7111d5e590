import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { signatureCheck } from "./signature-check.ts";

it("is what docs/webhooks.md shows", () => {
  expect(readFileSync("docs/webhooks.md", "utf8")).toContain(`\`\`\`js\n${signatureCheck}\n\`\`\``);
});
