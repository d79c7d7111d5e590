import type { Deps, PostgresEngineOptions, Tools } from "./engine-options.ts";
import type { ToolSet } from "./tool-choice.ts";
import { discoverToolSets, findInstaller } from "./tools.ts";

/** How long found tool sets are believed, in milliseconds: an upgrade during the day is noticed. */
const toolsBelievedMs = 60_000;

function rememberTools(find: () => Promise<readonly ToolSet[]>): Tools {
  let found: { at: number; sets: Promise<readonly ToolSet[]> } | null = null;
  return {
    sets: async () => {
      if (found === null || performance.now() - found.at > toolsBelievedMs) found = { at: performance.now(), sets: find() };
      return await found.sets;
    },
    installer: findInstaller,
  };
}

/** What the verbs of this engine share, made of the host's configuration. */
export function postgresDeps(options: PostgresEngineOptions): Deps {
  return { options, tools: rememberTools(options.findTools ?? (async () => await discoverToolSets(options.pgBinPath))) };
}
