import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { judgeCommand, judgeHttp, judgeSql } from "#lib/domain/drill-judge-own";
import type { Judgement } from "#lib/domain/drill-judgement";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import type { RunWork } from "../../runs/work.ts";
import { connectionUrls } from "../connection-urls.ts";
import type { DrillAccess, HookCopy } from "../ports.ts";
import { isApart } from "./copy-targets.ts";
import type { Look } from "./look.ts";
import { matches } from "./matches.ts";

export type OwnCheck = Extract<CheckDefinition, { type: "sql" | "http" | "command" }>;

/** Milliseconds that a statement, or an application's answer, may take. */
const patienceMs = 60_000;
const mostRows = 500;

export type OwnChecks = {
  /** Throws what keeps the check from being judged. */
  readonly judge: (check: OwnCheck) => Promise<Judgement>;
  /** Ends the applications that were started. */
  readonly stop: () => Promise<void>;
};

type Started = { readonly origin: string; readonly stop: () => Promise<void> };

/** The checks that people define. An application is started once, for all of its requests. */
export function createOwnChecks(work: RunWork, access: DrillAccess, look: Look): OwnChecks {
  const { hooks } = work.deps.drills;
  const started = new Map<string, Promise<Started>>();
  const start = (name: string) => {
    const known = started.get(name) ?? copyOf(work, access).then((copy) => hooks.startApplication(name, copy, work.engineContext));
    started.set(name, known);
    return known;
  };
  return {
    judge: async (check) => {
      switch (check.type) {
        case "sql":
          return judgeSql(check.expect, await query(work, access, look, check.sql));
        case "http": {
          const { origin } = await start(check.application);
          const answer = await hooks.request(origin, { ...check, timeoutMs: patienceMs }, work.engineContext);
          return judgeHttp(check, { ...answer, matches: matchesOrThrow(answer.body, check.bodyPattern) });
        }
        case "command":
          return judgeCommand(await hooks.runCommand(check.command, await copyOf(work, access), work.engineContext));
      }
    },
    stop: async () => {
      const all = await Promise.allSettled(started.values());
      await Promise.allSettled(all.map((each) => (each.status === "fulfilled" ? each.value.stop() : Promise.resolve())));
    },
  };
}

async function query(work: RunWork, access: DrillAccess, look: Look, text: string) {
  const limits = { maxRows: mostRows, timeoutMs: patienceMs };
  if (access.type === "file") return work.deps.files.query(access.path, text, limits, work.engineContext);
  const { reader } = await look.targets();
  try {
    return await work.deps.drills.copies.query(reader, text, limits, work.engineContext);
  } catch (error) {
    // On a server the role is the one that restores: what it may do beyond reading keeps the check from being run, not the statement.
    if (access.type === "server" && reasonOf(error).code === "query-refused") throw new LifeboatError("check-needs-sandbox");
    throw error;
  }
}

async function copyOf(work: RunWork, access: DrillAccess): Promise<HookCopy> {
  return { url: await urlOf(work, access), drillId: work.run.subject };
}

/** Where programs find the copy. Throws `check-needs-sandbox` where that would tell them a password of a server. */
async function urlOf({ deps }: RunWork, access: DrillAccess): Promise<string> {
  if (!isApart(access)) throw new LifeboatError("check-needs-sandbox");
  return access.type === "file" ? `file:${encodeURI(access.path)}` : connectionUrls(access, await deps.drills.sandboxes.relay(access)).url;
}

function matchesOrThrow(body: string, pattern: string): boolean | null {
  try {
    return matches(body, pattern);
  } catch (error) {
    throw new LifeboatError("check-not-possible", { detail: (error as Error).message }, { cause: error });
  }
}
