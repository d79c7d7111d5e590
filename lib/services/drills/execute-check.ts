import { LifeboatError } from "#lib/domain/error";
import type { RunWork } from "../runs/work.ts";

/** Not built yet: fails its run. */
export function executeDrillCheck(_work: RunWork): Promise<void> {
  return Promise.reject(new LifeboatError("internal"));
}
