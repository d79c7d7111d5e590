import { EnvError, readEnv } from "#lib/env/env";
import { createLogger } from "#lib/log/log";
import { rememberSecret } from "#lib/log/redact";
import { startWorkerFromEnv } from "./start-from-env.ts";

/** A stop takes less than this; a tool or a server that hangs does not change that. */
const longestStopMs = 9_500;

try {
  const env = readEnv();
  const logger = createLogger(env.logLevel, { process: "worker" });
  if (env.databaseUrl !== null) rememberSecret(decodeURIComponent(new URL(env.databaseUrl).password));
  // A connection that breaks may reject what nobody waits for any more: no reason to end everybody's runs.
  process.on("unhandledRejection", (error) => logger.error("unhandled rejection", { error }));
  const worker = await startWorkerFromEnv(env, logger);
  let stopping = false;
  const stop = (cause: string) => {
    if (stopping) return;
    stopping = true;
    logger.info("stopping", { cause });
    setTimeout(() => process.exit(1), longestStopMs).unref();
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error("did not stop cleanly", { error });
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  // The supervisor is gone: nobody would start or stop this process any more.
  if (process.connected) process.on("disconnect", () => stop("the supervisor is gone"));
  process.send?.({ ready: true });
} catch (error) {
  const text = error instanceof EnvError ? error.message : String(error instanceof Error ? error.stack : error);
  createLogger("error", { process: "worker" }).error("the worker did not start", { error: error instanceof Error ? error : undefined });
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
