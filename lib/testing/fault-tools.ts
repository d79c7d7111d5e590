import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder of PostgreSQL's own client tools where those in `scripts` are replaced: a shell script with `REAL` for the true program.
 * Asked for its version or a listing, each answers as the true one.
 */
export async function makeFaultTools(binDir: string, scripts: Partial<Record<"pg_dump" | "pg_restore", string>>): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "lifeboat-tools-")), "bin");
  await mkdir(folder);
  for (const tool of ["pg_dump", "pg_restore", "pg_dumpall", "psql"] as const) {
    const real = join(binDir, tool);
    const script = tool === "pg_dump" || tool === "pg_restore" ? scripts[tool] : undefined;
    if (script === undefined) {
      await symlink(real, join(folder, tool));
      continue;
    }
    const body = `#!/bin/sh\ncase "$1" in --version|--list) exec ${real} "$@";; esac\n${script.replaceAll("REAL", real)}\n`;
    await writeFile(join(folder, tool), body);
    await chmod(join(folder, tool), 0o755);
  }
  return folder;
}
