import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = new URL("mend-packages.mjs", import.meta.url).href;
const { compactExports } = (await import(script)) as { compactExports: (exports: object) => object };

const form = (path: string) => ({
  import: { types: `${path}.d.ts`, default: `${path}.js` },
  require: { types: `${path}.d.cts`, default: `${path}.cjs` },
  types: `${path}.d.ts`,
  default: `${path}.js`,
});
const short = (path: string) => ({ require: `${path}.cjs`, default: `${path}.js` });

it("exports become shorter: files of their own name are one pattern, folders lose their types, the rest stays", () => {
  const odd = { import: "./odd.mjs" };
  const exports = {
    ".": form("./index"),
    "./alias": form("./alias"),
    "./core": form("./core/index"),
    "./core/x": form("./core/x"),
    "./odd": odd,
  };
  const compact = { ".": short("./index"), "./core": short("./core/index"), "./odd": odd, "./*": short("./*") };
  expect(compactExports(exports)).toEqual(compact);
  expect(compactExports(compact)).toEqual(compact);
  const others = { ".": "./index.js", "./a": "./dist/a.js" };
  expect(compactExports(others)).toEqual(others);
});

it("the subpaths of the database library are found without a table of all its files", () => {
  for (const subpath of ["", "/pg-core", "/pg-core/table", "/postgres-js", "/postgres-js/migrator", "/version"]) {
    expect(readFileSync(fileURLToPath(import.meta.resolve(`drizzle-orm${subpath}`)), "utf8")).not.toBe("");
  }
  const description = fileURLToPath(new URL("../node_modules/drizzle-orm/package.json", import.meta.url));
  expect(readFileSync(description, "utf8").length).toBeLessThan(20_000);
});
