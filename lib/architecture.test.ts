import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkArchitecture } from "#lib/testing/architecture-rules";
import { readSources } from "#lib/testing/source-graph";

const root = fileURLToPath(new URL("..", import.meta.url));

test("the code keeps to the layers of DESIGN.md, without cycles, barrels, long files or empty names", () => {
  const sources = readSources(root);
  expect(sources.size).toBeGreaterThan(100);
  expect(checkArchitecture(sources)).toEqual([]);
});

/** What the rules say about a small program that somebody might write. */
function rulesBrokenBy(files: Record<string, string>): string[] {
  return checkArchitecture(new Map(Object.entries(files))).map((violation) => `${violation.rule} ${violation.file}`);
}

describe("the rules fire", () => {
  test.each([
    ["the domain reads a contract", "layer lib/domain/a.ts", 'import { b } from "#lib/contracts/b";\n'],
    ["the domain uses a package", "pure lib/domain/a.ts", 'import { z } from "zod";\n'],
    ["the domain uses Node", "pure lib/domain/a.ts", 'import { join } from "node:path";\n'],
    ["a contract reads a service", "layer lib/contracts/a.ts", 'import type { B } from "#lib/services/b";\n'],
    ["a service takes a concrete engine", "layer lib/services/a.ts", 'import { dump } from "#lib/engines/postgres/dump";\n'],
    ["a service takes concrete storage", "layer lib/services/a.ts", 'import { store } from "../storage/local/local-storage.ts";\n'],
    ["a page opens the catalogue", "layer app/page.tsx", 'import { openCatalogue } from "#lib/db/client";\n'],
    ["a page imports dynamically", "layer app/page.tsx", 'const { openCatalogue } = await import("#lib/db/client");\n'],
    ["somebody else starts programs", "package lib/worker/a.ts", 'import { execa } from "execa";\n'],
    ["somebody re-exports across layers", "layer lib/domain/a.ts", 'export { b } from "../db/b.ts";\n'],
    ["somebody reads the environment", "environment lib/services/a.ts", "export const a = process.env.HOME;\n"],
    ["somebody indexes the environment", "environment lib/services/a.ts", 'export const a = process.env["HOME"];\n'],
    ["a file only passes things on", "barrel lib/domain/index.ts", 'export * from "./a.ts";\nexport { b } from "./b.ts";\n'],
    ["a file is called utils", "name lib/domain/utils.ts", "export const a = 1;\n"],
    ["a file is called run-manager", "name lib/worker/run-manager.ts", "export const a = 1;\n"],
    ["a file is too long", "length lib/domain/a.ts", "export const a = 1;\n".repeat(401)],
    ["a test takes fast-check without the seed", "property lib/domain/a.test.ts", 'import { assert } from "fast-check";\n'],
    ["a folder is not in the table", "layer lib/misc/a.ts", "export const a = 1;\n"],
  ])("when %s", (_what, expected, text) => {
    const file = expected.split(" ")[1] ?? "";
    expect(rulesBrokenBy({ [file]: text })).toContain(expected);
  });

  test("when a client component loads a service, directly or through others", () => {
    const files = {
      "components/button.tsx": '"use client";\nimport { a } from "#lib/query/a";\n',
      "lib/query/a.ts": 'import { b } from "./b.ts";\n',
      "lib/query/b.ts": 'import { createBackup } from "#lib/services/backups/run-now";\n',
      "lib/services/backups/run-now.ts": "export const createBackup = 1;\n",
    };
    expect(rulesBrokenBy(files)).toContain("client components/button.tsx");
  });

  test("when a client component loads a module of Node", () => {
    expect(rulesBrokenBy({ "components/a.tsx": '"use client";\nimport { readFileSync } from "node:fs";\n' })).toEqual([
      "client components/a.tsx",
    ]);
  });

  test("when two files import each other", () => {
    const files = { "lib/domain/a.ts": 'import { b } from "./b.ts";\n', "lib/domain/b.ts": 'import { a } from "./a.ts";\n' };
    expect(rulesBrokenBy(files)).toEqual(["cycle lib/domain/a.ts"]);
  });
});

describe("the rules do not fire", () => {
  test.each([
    [
      "for a type of a server module in a client component",
      "components/a.tsx",
      '"use client";\nimport type { Run } from "#lib/contracts/runs";\n',
    ],
    ["for a port in a service", "lib/services/a.ts", 'import type { Engine } from "../engines/port.ts";\n'],
    ["for a variable in a comment", "lib/services/a.ts", "// process.env is read by lib/env\nexport const a = 1;\n"],
    ["for a route that names its handler", "app/api/v1/me/route.ts", 'export { GET } from "#lib/http/me";\n'],
  ])("%s", (_what, file, text) => {
    expect(rulesBrokenBy({ [file]: text })).toEqual([]);
  });
});
