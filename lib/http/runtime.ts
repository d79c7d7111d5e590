import type { Catalogue } from "#lib/db/client";
import type { Env } from "#lib/env/env";
import type { Logger } from "#lib/log/log";
import type { Keyring } from "#lib/secrets/keyring";
import type { ServiceContext } from "#lib/services/context";

/** What the web process opened once and every request uses. */
export type Runtime = {
  readonly env: Env;
  readonly catalogue: Catalogue;
  readonly keyring: Keyring;
  readonly logger: Logger;
  readonly wake: ServiceContext["wake"];
  /** Aborted when the process is told to stop: open event streams and downloads end with it. */
  readonly stopping: AbortSignal;
};

const slot = Symbol.for("lifeboat.runtime");
const holder = globalThis as { [slot]?: Runtime };

/** Called once by `lib/web/main.ts` (and by tests). Next bundles its own copy of this file, so the runtime hangs on `globalThis`. */
export function setRuntime(runtime: Runtime): void {
  holder[slot] = runtime;
}

/** The runtime of this process. Throws outside the web server, for example while Next builds. */
export function getRuntime(): Runtime {
  const runtime = holder[slot];
  if (runtime === undefined) throw new Error("the web runtime was not started: Lifeboat's pages are served by lib/web/main.ts");
  return runtime;
}
