import { createLogger } from "#lib/log/log";
import type { ServerAddress } from "../port.ts";
import { createPostgresEngine } from "./engine.ts";

/** A process for tests that renames databases and can be killed with -9 meanwhile. */
export type RenameOrder = {
  readonly address: ServerAddress;
  readonly renames: { oid: number; from: string; to: string }[];
  readonly applicationName: string;
};

process.once("message", (order: RenameOrder) => {
  const engine = createPostgresEngine({ pgBinPath: [], lockWaitMs: 2_000, stallMs: 20_000, logger: createLogger("error", {}) });
  const context = {
    signal: new AbortController().signal,
    workDir: "",
    applicationName: order.applicationName,
    log: () => undefined,
  };
  void engine.renameDatabases(order.address, order.renames, context).finally(() => process.disconnect());
});
process.send?.("ready");
