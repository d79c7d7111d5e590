import { openCatalogue } from "#lib/db/client";
import { createNotifier } from "#lib/notify/notifier";
import { createKeyring } from "#lib/secrets/keyring";
import { createSender } from "#lib/services/notifications/sender";
import { testContext } from "./context.ts";
import { quietLogger } from "./quiet-logger.ts";

/** A process that sends what waits in an outbox, for tests that kill it in the middle. Its configuration comes in a message of its parent's. */
export type DyingSenderConfig = { readonly databaseUrl: string; readonly key: string };

process.on("disconnect", () => process.exit(0));
process.once("message", ({ databaseUrl, key }: DyingSenderConfig) => {
  const catalogue = openCatalogue(databaseUrl, { applicationName: "lifeboat-worker", max: 2 });
  const context = testContext(catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  const notifier = createNotifier({ publicUrl: "http://127.0.0.1", timeoutMs: 60_000 });
  void createSender({ context, notifier, logger: quietLogger, gatherMs: 0 }).pass();
});
