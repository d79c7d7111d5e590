import type { Keyring } from "#lib/secrets/keyring";
import type { drills } from "#lib/db/schema/drills";
import { LifeboatError } from "#lib/domain/error";
import type { DrillAccess } from "./ports.ts";

type DrillRow = typeof drills.$inferSelect;

/** Seals what a drill's copy is reached by, bound to the drill. */
export function sealAccess(keyring: Keyring, drillId: string, access: DrillAccess): string {
  return keyring.seal(JSON.stringify(access), drillId);
}

/** What a drill's copy is reached by; null while it has none. */
export function openAccess(keyring: Keyring, drill: Pick<DrillRow, "id" | "sealedAccess">): DrillAccess | null {
  // Only ever written by `sealAccess`, and the seal keeps everybody else from writing it.
  return drill.sealedAccess === null ? null : (JSON.parse(keyring.open(drill.sealedAccess, drill.id)) as DrillAccess);
}

/** Throws `copy-gone` when there is nothing to look at. */
export function requireAccess(keyring: Keyring, drill: Pick<DrillRow, "id" | "sealedAccess">): DrillAccess {
  const access = openAccess(keyring, drill);
  if (access === null) throw new LifeboatError("copy-gone", { detail: "nothing is restored" });
  return access;
}
