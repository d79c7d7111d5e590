import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EnvError, readEnv } from "#lib/env/env";
import { loadEnvFile } from "#lib/env/env-file";
import { createLogger } from "#lib/log/log";
import { redactText, rememberSecret } from "#lib/log/redact";
import { dataPaths, makeDataFolder } from "./data-folders.ts";
import { StartError } from "./start-error.ts";
import { supervise } from "./supervise.ts";
import { openTerminal } from "./terminal.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Everything that ends Lifeboat: Ctrl-C, a service manager, a closed terminal, or the death of the process that started us. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  process.on("disconnect", () => controller.abort());
  // A terminal that is gone must not end us half-way: what is printed is lost, stopping goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => controller.abort());
  return controller.signal;
}

function readArguments(args: readonly string[]) {
  const unknown = args.find((argument) => !["--sample", "--only=web", "--only=worker"].includes(argument));
  if (unknown !== undefined) throw new StartError(`Unknown option: ${unknown}. There are --sample, --only=web and --only=worker.`);
  const parts = (["web", "worker"] as const).filter((part) => args.includes(`--only=${part}`));
  return { wantsSample: args.includes("--sample"), only: parts.length === 1 ? (parts[0] ?? null) : null };
}

async function main(): Promise<number> {
  const signal = stopSignal();
  loadEnvFile(join(root, ".env"));
  const env = readEnv();
  for (const secret of [env.adminPassword, env.bootstrapToken, env.key]) if (secret !== null) rememberSecret(secret);
  makeDataFolder(env.dataDir);
  const logFolder = dataPaths(env.dataDir).logs;
  const terminal = openTerminal(logFolder, process.stdout.isTTY);
  const logger = createLogger(env.logLevel, { process: "supervisor" }, terminal.writeLog);
  await supervise({ root, env, ...readArguments(process.argv.slice(2)), terminal, logger, signal });
  return 0;
}

function explain(error: unknown): string {
  if (error instanceof EnvError) {
    const lines = error.message.split("\n").map((line) => `  ${line}`);
    return `The configuration is not complete. Correct these variables (in .env or the environment; see .env.example):\n${lines.join("\n")}`;
  }
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${redactText(explain(error))}\n`);
  process.exitCode = 1;
}
// Whatever is still open must not keep the process: everything that was started has been stopped above.
if (process.connected) process.disconnect();
process.exit();
