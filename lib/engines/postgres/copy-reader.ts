import { LifeboatError } from "#lib/domain/error";
import type { CopyReader } from "../copy-port.ts";
import type { Deps } from "./engine-options.ts";

/** Placeholder until the checks' reader lands. */
export function createPostgresCopyReader(_deps: Deps): CopyReader {
  const missing = () => Promise.reject(new LifeboatError("check-not-possible", { detail: "not built yet" }));
  return {
    archiveObjects: missing,
    read: missing,
    inspect: missing,
    orphans: missing,
    indexStructure: missing,
    newest: missing,
    query: missing,
    tables: missing,
    browse: missing,
  };
}
