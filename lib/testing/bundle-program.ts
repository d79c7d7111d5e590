import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

/**
 * One file with a test's program and everything that it imports, made once per run: born from it, a process costs a quarter of what it does
 * when Node looks for a thousand files and takes the types out of each. Gives the path.
 */
export async function bundleProgram(script: string): Promise<string> {
  const path = join(tmpdir(), basename(script).replace(/\.ts$/, ".mjs"));
  if (existsSync(path)) return path;
  const bundle = await rolldown({
    input: script,
    platform: "node",
    plugins: [{ name: "places", transform: { filter: { code: /import\.meta\.(url|dirname)/ }, handler: placesOf } }],
    // Its only ones are that packages look at their own surroundings.
    logLevel: "silent",
  });
  // Another test file may make the same at the same time.
  const draft = `${process.pid}-${basename(path)}`;
  await bundle.write({ dir: dirname(path), entryFileNames: draft, format: "esm", codeSplitting: false });
  await bundle.close();
  await rename(join(dirname(path), draft), path);
  return path;
}

/** Files know where they lie, as they would by themselves: they start threads and programs beside them. */
function placesOf(code: string, file: string): string {
  return code
    .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href))
    .replaceAll("import.meta.dirname", JSON.stringify(dirname(file)));
}
