import { BoundedText } from "#lib/exec/bounded-text";
import { drillMark, endMarked, gateMark } from "#lib/exec/marked-processes";
import { runTool } from "#lib/exec/run-tool";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";
import { type Logger } from "#lib/log/log";
import { rememberSecret } from "#lib/log/redact";
import type { CommandOutcome, DrillHooks, HookCopy } from "#lib/services/drills/ports";
import { requestApplication, startApplication } from "./drill-application.ts";
import { type DeclaredCommand, readHooksFile } from "./drill-hooks-file.ts";
import { declaredHead } from "./declared-heads.ts";

const mostOutputBytes = 65_536;

/**
 * What a host's file declares (`LIFEBOAT_DRILL_HOOKS`), read anew each time, so that a change needs no restart. What it starts gets an environment
 * made from nothing: `PATH`, locale, zone, what the file says, and where the copy is.
 */
export function createDrillHooks({ file, logger }: { readonly file: string | null; readonly logger: Logger }): DrillHooks {
  const find = async <K extends "commands" | "applications">(kind: K, name: string) => {
    const { hooks } = await readHooksFile(file);
    const found = Object.hasOwn(hooks[kind], name) ? hooks[kind][name] : undefined;
    if (found === undefined) throw new LifeboatError("hook-unknown", { name });
    return found as NonNullable<(typeof hooks)[K][string]>;
  };
  return {
    declared: async () => {
      const { hooks, problems } = await readHooksFile(file);
      for (const problem of problems) logger.warn("drill hooks cannot be used", { problem });
      return {
        commands: Object.entries(hooks.commands).map(([name, { description, timeoutSeconds }]) => ({ name, description, timeoutSeconds })),
        applications: Object.entries(hooks.applications).map(([name, { description, migrations }]) => ({
          name,
          description,
          hasMigrationHead: migrations !== undefined,
        })),
        problems: [...problems],
      };
    },
    runCommand: async (name, copy, context) => runOnCopy(await find("commands", name), copy, context),
    runReleaseCheck: async (name, { gateId, commit, backupId }, context) =>
      runCommand(await find("commands", name), { [gateMark]: gateId, LIFEBOAT_COMMIT: commit, LIFEBOAT_BACKUP_ID: backupId }, context),
    endReleaseCheck: async (gateId) => {
      const left = await endMarked(gateMark, gateId);
      for (const { pid, title } of left) logger.warn("a release check's process could not be ended", { gateId, pid, title });
    },
    startApplication: async (name, copy, context) => {
      hideSecret(copy.url);
      return startApplication(name, await find("applications", name), copy, context);
    },
    request: requestApplication,
    declaredHead: async (name) => {
      const { migrations } = await find("applications", name);
      return migrations === undefined ? null : declaredHead(migrations);
    },
  };
}

function runOnCopy(hook: DeclaredCommand, { url, drillId }: HookCopy, context: EngineContext): Promise<CommandOutcome> {
  hideSecret(url);
  return runCommand(hook, { [hook.urlVariable]: url, [drillMark]: drillId }, context);
}

async function runCommand(hook: DeclaredCommand, told: Readonly<Record<string, string>>, context: EngineContext): Promise<CommandOutcome> {
  const [file = "", ...args] = hook.command;
  const output = new BoundedText(mostOutputBytes - 1_024);
  const begun = performance.now();
  const result = await runTool({
    file,
    args,
    cwd: hook.directory,
    env: { ...hook.environment, ...told },
    timeoutMs: hook.timeoutSeconds * 1_000,
    signal: context.signal,
    onLine: (_, line) => output.add(`${line}\n`),
  });
  context.signal.throwIfAborted();
  const { exitCode, timedOut } = result;
  return { exitCode, timedOut, output: output.toString(), durationMs: Math.round(performance.now() - begun) };
}

/** What is started may print where it connects to. */
function hideSecret(copyUrl: string): void {
  const { password } = new URL(copyUrl);
  if (password === "") return;
  rememberSecret(password);
  rememberSecret(decodeURIComponent(password));
}
