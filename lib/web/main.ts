import { fileURLToPath } from "node:url";
import { EnvError, readEnv } from "#lib/env/env";
import { createLogger } from "#lib/log/log";
import { redactText } from "#lib/log/redact";
import { startWeb } from "./start-web.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Ends with the process that started us, too: a supervisor that died closes the channel. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  if (process.send !== undefined) process.on("disconnect", () => controller.abort());
  return controller.signal;
}

async function main(): Promise<number> {
  const signal = stopSignal();
  const env = readEnv();
  const logger = createLogger(env.logLevel, { process: "web" });
  // A promise that nobody awaited is a defect, yet no reason to end everybody's downloads.
  process.on("unhandledRejection", (error) => logger.error("unhandled rejection", { error }));
  const web = await startWeb({ env, logger, root });
  logger.info("web is ready", { host: env.host, port: web.port });
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  logger.info("web is stopping");
  await web.stop();
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const text = error instanceof EnvError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${redactText(text)}\n`);
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
process.exit();
