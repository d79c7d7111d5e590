import { getMe } from "#lib/contracts/session";
import { getSystemStatus } from "#lib/contracts/system";
import { formatBytes } from "#lib/format/bytes";
import type { Command } from "../command.ts";
import { failureOf } from "../end-with.ts";
import { exitCode, type ExitCode } from "../exit-code.ts";
import { ask, type Session } from "../session.ts";

type Line = { readonly state: "ok" | "warning" | "failed"; readonly what: string; readonly hint: string };

const line = (state: Line["state"], what: string, hint = ""): Line => ({ state, what, hint });

async function readTools({ env }: Session): Promise<Line[]> {
  const { discoverToolSets } = await import("#lib/engines/postgres/tools");
  const sets = await discoverToolSets(env.pgBinPath);
  if (sets.length === 0) return [line("warning", "no PostgreSQL tools here", "db:backup and db:restore need them; the API does not.")];
  return sets.map((set) => {
    const what = `PostgreSQL tools here: ${set.version} in ${set.path}`;
    if (set.missing.includes("pg_dump") || set.missing.includes("pg_restore") || set.missing.includes("psql"))
      return line("warning", `${what}, without ${set.missing.join(", ")}`, set.cure ?? "");
    return set.belowSafeMinimum
      ? line("warning", `${what}, below the safe minimum ${set.safeMinimum ?? ""}`, set.cure ?? "")
      : line("ok", what);
  });
}

async function readSystem(session: Session): Promise<Line[]> {
  const system = await ask(session, getSystemStatus);
  const alive = system.workers.filter((worker) => worker.alive);
  const lines = [
    line("ok", `Lifeboat ${system.version}, catalogue ${system.catalogue}`),
    alive.length === 0
      ? line("failed", "no worker is running", "Start one: npm run up, or a second host with --only=worker.")
      : line("ok", `${alive.length} workers: ${alive.map(({ hostName }) => hostName).join(", ")}`),
  ];
  for (const worker of alive) {
    const versions = worker.toolSets.map(
      ({ version, belowSafeMinimum }) => `${version}${belowSafeMinimum ? " (below the safe minimum)" : ""}`,
    );
    lines.push(
      versions.length === 0
        ? line("failed", `${worker.hostName} has no PostgreSQL tools`)
        : line(
            worker.toolSets.some((set) => set.belowSafeMinimum) ? "warning" : "ok",
            `${worker.hostName} has tools ${versions.join(", ")}`,
          ),
    );
    for (const disk of worker.disks) {
      const isLow = disk.freeBytes < disk.totalBytes / 10;
      const what = `${worker.hostName}, ${disk.purpose}: ${formatBytes(disk.freeBytes, "en")} of ${formatBytes(disk.totalBytes, "en")} free`;
      lines.push(line(isLow ? "warning" : "ok", what));
    }
  }
  for (const { name, path, problem } of system.destinations)
    lines.push(
      problem === null
        ? line("ok", `destination ${name} (${path})`)
        : line("failed", `destination ${name}: ${problem.message}`, problem.hint),
    );
  for (const { message, hint } of system.problems) lines.push(line("failed", message, hint));
  return lines;
}

/** What a look found, or how it failed; the exit code of a failure counts. Throws when it was interrupted: then nothing is known to be wrong. */
async function attempt(signal: AbortSignal, what: string, look: () => Promise<Line[]>): Promise<{ lines: Line[]; exit: ExitCode }> {
  try {
    return { lines: await look(), exit: exitCode.ok };
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint, exit } = failureOf(error, false);
    return { lines: [line("failed", `${what}: ${message}`, hint)], exit };
  }
}

export const validateCommand: Command = {
  name: "validate",
  summary: "Check configuration, connection, rights, workers, destinations and tools",
  usage: [""],
  takes: { words: 0 },
  options: {},
  about: ["Exits with 0 when nothing failed, with 1 when something did, with 3 when Lifeboat cannot be reached or the token is not taken."],
  run: async (_given, session) => {
    const { terminal, signal } = session;
    const who = await attempt(signal, session.baseUrl, async () => {
      const me = await ask(session, getMe);
      return [
        line("ok", `${session.baseUrl} answers`),
        line("ok", `${me.type} ${me.name}, ${me.role}, ${me.permissions.length} permissions`),
      ];
    });
    const system = who.exit === exitCode.ok ? await attempt(signal, "system", () => readSystem(session)) : { lines: [], exit: who.exit };
    const tools = await attempt(signal, "tools", () => readTools(session));
    const checks = [...who.lines, ...system.lines, ...tools.lines];
    if (session.asJson) terminal.printJson({ checks });
    else
      for (const { state, what, hint } of checks)
        terminal.print(`${state.padEnd(8)} ${what}${hint === "" || state === "ok" ? "" : `. ${hint}`}`);
    const first = [who, system, tools].find(({ exit }) => exit !== exitCode.ok)?.exit;
    return first ?? (checks.some(({ state }) => state === "failed") ? exitCode.failed : exitCode.ok);
  },
};
