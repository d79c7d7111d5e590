import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const released = `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)`;
const mended = `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)`;
const releasedEnd = "!hadError && (query || sent.length) && error(";
const mendedEnd = "if (query || sent.length) error(";

/**
 * Faults of locked packages whose makers know of them and have released nothing yet. Each is an exact replacement in one version; the
 * test that fails without it is named, and goes with it once a release has the mend.
 *
 * postgres.js 3.4.9 (issues 1133, 1208 and 1214 there) collects small statements until the end of a turn of the event loop. When the
 * connection ends in between, it forgets to forget them: the next connection of that place in the pool never sends anything, every
 * statement that is given to it waits for CONNECT_TIMEOUT, for ever. After a reset, what was given to it last is never answered at all.
 * lib/db/lost-connection.int.test.ts, "a connection that is lost while a statement waits to be written".
 */
const mends = ["src", "cjs/src"].map((folder) => ({
  name: "postgres",
  version: "3.4.9",
  file: `${folder}/connection.js`,
  replacements: [
    [released, mended],
    [releasedEnd, mendedEnd],
  ],
}));

/** What a subpath of drizzle-orm leads to, as its package.json says it, for the file `path` without its ending. */
const writtenOut = (path) => ({
  import: { types: `${path}.d.ts`, default: `${path}.js` },
  require: { types: `${path}.d.cts`, default: `${path}.cjs` },
  types: `${path}.d.ts`,
  default: `${path}.js`,
});

/** The same in short: TypeScript looks for the types of a file beside it. */
const inShort = (path) => ({ require: `${path}.cjs`, default: `${path}.js` });

/** Exports of the same meaning in fewer words: all files that bear the name of their subpath are one pattern at the end. */
export function compactExports(exports) {
  const compact = {};
  let hasPattern = false;
  for (const [subpath, target] of Object.entries(exports)) {
    if (isDeepStrictEqual(target, writtenOut(subpath))) hasPattern = true;
    else compact[subpath] = isDeepStrictEqual(target, writtenOut(`${subpath}/index`)) ? inShort(`${subpath}/index`) : target;
  }
  return hasPattern ? { ...compact, "./*": inShort("./*") } : compact;
}

/**
 * drizzle-orm names each of its 447 files in 170 KB of package.json, and Node parses all of it again for every file that imports from it
 * (360 of ours): two fifths of what the start of a process costs. What is not written as in 0.45.4 stays as it is.
 */
function shortenExports(root) {
  const path = join(root, "node_modules", "drizzle-orm", "package.json");
  const before = readFileSync(path, "utf8");
  const description = JSON.parse(before);
  const after = JSON.stringify({ ...description, exports: compactExports(description.exports) }, null, 2);
  if (after.length >= before.length) return;
  replaceFile(path, after);
}

function replaceFile(path, text) {
  // Others may read the file at this very moment.
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

/** Mends what is installed, once; throws when a package is another version than the one that was looked at. */
export function mendPackages(root) {
  for (const { name, version, file, replacements } of mends) {
    const folder = join(root, "node_modules", name);
    const installed = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
    if (installed !== version)
      throw new Error(`scripts/mend-packages.mjs mends ${name} ${version}, but ${installed} is installed: look at it again`);
    const path = join(folder, file);
    const before = readFileSync(path, "utf8");
    let after = before;
    for (const [from, to] of replacements) {
      if (after.includes(from)) after = after.replace(from, () => to);
      else if (!after.includes(to)) throw new Error(`${name} ${version} has no place for a mend in ${file}: install the packages again`);
    }
    if (after !== before) replaceFile(path, after);
  }
  shortenExports(root);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) mendPackages(fileURLToPath(new URL("..", import.meta.url)));
