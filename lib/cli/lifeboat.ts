import packageJson from "../../package.json" with { type: "json" };
import { type Command, commandHelp, commonOptions } from "./command.ts";
import { exitCode, type ExitCode, usageError } from "./exit-code.ts";
import { parseOptions } from "./options.ts";
import type { Surroundings } from "./run-program.ts";
import { openSession } from "./session.ts";

/** Each is loaded when it is called: a command should answer at once. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  sources: async () => (await import("./commands/sources.ts")).sourcesCommand,
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  backups: async () => (await import("./commands/backups.ts")).backupsCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  preview: async () => (await import("./commands/preview.ts")).previewCommand,
  restore: async () => (await import("./commands/restore.ts")).restoreCommand,
  download: async () => (await import("./commands/download.ts")).downloadCommand,
  drill: async () => (await import("./commands/drill.ts")).drillCommand,
  gate: async () => (await import("./commands/gate.ts")).gateCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  validate: async () => (await import("./commands/validate.ts")).validateCommand,
  cleanup: async () => (await import("./commands/cleanup.ts")).cleanupCommand,
  policy: async () => (await import("./commands/policy.ts")).policyCommand,
};

async function help(): Promise<string[]> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  return [
    "Usage: lifeboat <command> [options]      (npm run lifeboat -- <command> [options])",
    "",
    "Talks to a running Lifeboat with an API token: LIFEBOAT_URL, and LIFEBOAT_TOKEN or LIFEBOAT_TOKEN_FILE.",
    "",
    ...all.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "lifeboat <command> --help tells more. Exit codes: 0 done, 1 failed, 2 not understood, 3 not reached or not allowed, 4 do not deploy,",
    "5 refused for safety, 130 interrupted. Without a server: npm run db:backup, npm run db:restore.",
  ];
}

/** One call of `lifeboat`: finds the command, parses what was typed, runs it. Throws what `failureOf` understands. */
export async function lifeboat(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const [name = "--help", ...rest] = args;
  const { terminal } = around;
  if (["--help", "-h", "help"].includes(name) && rest.length === 0) {
    for (const line of await help()) terminal.print(line);
    return args.length === 0 ? exitCode.usage : exitCode.ok;
  }
  if (name === "--version") {
    terminal.print(packageJson.version);
    return exitCode.ok;
  }
  const wanted = (name === "help" ? rest[0] : name) ?? "";
  const load = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  if (load === undefined) throw usageError(`there is no command ${wanted}`, "lifeboat --help lists them.");
  const command = await load();
  try {
    const given = parseOptions(name === "help" ? ["--help"] : rest, { ...command.options, ...commonOptions }, command.takes);
    if (!given.flag("help")) return await command.run(given, openSession(given, around));
  } catch (error) {
    if (command.whenFailed !== undefined) terminal.note(command.whenFailed);
    throw error;
  }
  for (const line of commandHelp(command)) terminal.print(line);
  return exitCode.ok;
}
