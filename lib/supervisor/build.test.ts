import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashBuildInputs } from "./build.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-build-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test.each(["app/page.tsx", "lib/a.ts", "messages/en.json", "proxy.ts", "instrumentation.ts", "next.config.ts", "package-lock.json"])(
  "a change of %s asks for a new build",
  async (path) => {
    write(path, "1");
    const before = await hashBuildInputs(root);
    expect(await hashBuildInputs(root)).toBe(before);
    write(path, "2");
    expect(await hashBuildInputs(root)).not.toBe(before);
  },
);

test.each(["lib/a.test.ts", "docs/a.md", "e2e/a.e2e.ts", ".next/server/app.js"])("a change of %s does not", async (path) => {
  write(path, "1");
  const before = await hashBuildInputs(root);
  write(path, "2");
  expect(await hashBuildInputs(root)).toBe(before);
});
