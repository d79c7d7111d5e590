import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "#lib/exec/run-tool";

/** Names of the extensions that a server could make; null where it does not tell where they lie. */
export async function listExtensions(binDir: string): Promise<string[] | null> {
  // It may be missing where only the server's own package is installed.
  const told = await runTool({ file: join(binDir, "pg_config"), args: ["--sharedir"], cwd: "/", timeoutMs: 10_000 }).catch(() => null);
  const folders = [
    ...(told?.exitCode === 0 ? [told.stdout.trim()] : []),
    join(binDir, "..", "share"),
    binDir.replace("/lib/postgresql/", "/share/postgresql/").replace(/\/bin$/, ""),
  ];
  for (const folder of folders) {
    const names = await readdir(join(folder, "extension")).catch(() => null);
    if (names === null) continue;
    return names.flatMap((name) => (name.endsWith(".control") ? [name.slice(0, -".control".length)] : [])).sort();
  }
  return null;
}
