import type { backups } from "#lib/db/schema/backups";
import type { Reason } from "#lib/domain/error";
import type { RunWork } from "../runs/work.ts";

type Archive = Pick<typeof backups.$inferSelect, "origin" | "imported" | "extension">;

/** Formats whose bytes somebody else's pg_dump made. A script or a directory was loaded in a sandbox and dumped by our own. */
const madeElsewhere: ReadonlySet<string> = new Set(["pg-custom", "lifeboat-pack"]);

/** True for an archive of pg_dump that came from elsewhere as it is; a synthetic full made of one carries its mark on. */
export function isForeignArchive({ origin, imported, extension }: Archive): boolean {
  if (extension !== "dump") return false;
  return origin === "external" || (imported !== null && madeElsewhere.has(imported.format));
}

/**
 * `tool-below-safe-minimum` { tool, found, needed } when a foreign archive would be opened by a client with known holes; null otherwise.
 * Below that version an archive can run code on the machine that restores it.
 */
export function unsafeForArchive({ deps }: Pick<RunWork, "deps">, backup: Archive, toolVersion: string | null): Reason | null {
  if (!isForeignArchive(backup) || toolVersion === null) return null;
  const { belowSafeMinimum, safeMinimum } = deps.imports.toolSafety(toolVersion);
  if (!belowSafeMinimum && safeMinimum !== null) return null;
  return { code: "tool-below-safe-minimum", params: { tool: "pg_restore", found: toolVersion, needed: safeMinimum ?? "14.25" } };
}
