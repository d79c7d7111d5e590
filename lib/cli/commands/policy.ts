import { listPolicies, simulateRetention, type PolicyDto } from "#lib/contracts/policies";
import { listSchedules } from "#lib/contracts/schedules";
import { getSource, updateSource } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import type { Command } from "../command.ts";
import { exitCode, type ExitCode, usageError } from "../exit-code.ts";
import { findPolicy, findSource } from "../find.ts";
import { moment } from "../moments.ts";
import type { Given } from "../options.ts";
import { ask, askAll, type Session } from "../session.ts";
import { tableLines } from "../terminal.ts";

type Rule = PolicyDto["rule"];

function ruleText({ keep, capBytes }: Rule): string {
  const parts = keep.map((rule) => {
    switch (rule.type) {
      case "per-kind":
        return `full ${rule.fullMonths} months, differential ${rule.differentialWeeks} weeks, incremental ${rule.incrementalDays} days`;
      case "gfs":
        return `${rule.daily} daily, ${rule.weekly} weekly, ${rule.monthly} monthly`;
      case "keep-last":
        return `the last ${rule.keep}`;
      case "keep-days":
        return `${rule.days} days`;
      default:
        return rule satisfies never;
    }
  });
  return [...parts, ...(capBytes === null ? [] : [`at most ${formatBytes(capBytes, "en")}`])].join("; ");
}

function print(session: Session, document: object, lines: readonly string[]): ExitCode {
  if (session.asJson) session.terminal.printJson(document);
  else for (const line of lines) session.terminal.print(line);
  return exitCode.ok;
}

async function list(session: Session): Promise<ExitCode> {
  const policies = await askAll((after, limit) => ask(session, listPolicies, { query: { after, limit } }));
  const rows = policies.map((policy) => [
    policy.name,
    ruleText(policy.rule),
    `${policy.graceDays} days`,
    String(policy.sourceCount),
    policy.isDefault ? "default" : "",
  ]);
  return print(session, { policies }, tableLines(["POLICY", "KEEPS", "TRASH", "SOURCES", ""], rows));
}

/** What a source has: its retention and its schedules. */
async function show(given: Given, session: Session): Promise<ExitCode> {
  const { id } = await findSource(session, given.needed("source"));
  const source = await ask(session, getSource, { params: { id } });
  const schedules = await askAll((after, limit) => ask(session, listSchedules, { query: { after, limit, source: id } }));
  const rows = schedules.map((each) => [
    each.task,
    each.cron,
    each.timeZone,
    each.enabled ? (each.pausedUntil === null ? moment(each.next[0] ?? null) : `paused until ${moment(each.pausedUntil)}`) : "off",
  ]);
  const { retentionPolicyId, retentionPolicyName } = source;
  const lines = [
    `${source.name} keeps: ${retentionPolicyName ?? "everything"}`,
    ...tableLines(["TASK", "CRON", "ZONE", "NEXT"], rows),
    ...(rows.length === 0 ? ["no schedules"] : []),
  ];
  return print(session, { sourceId: id, retentionPolicyId, retentionPolicyName, schedules }, lines);
}

async function set(given: Given, session: Session): Promise<ExitCode> {
  const { id } = await findSource(session, given.needed("source"));
  const wanted = given.needed("policy");
  const policy = wanted === "none" ? null : await findPolicy(session, wanted);
  const { version } = await ask(session, getSource, { params: { id } });
  const source = await ask(session, updateSource, { params: { id }, body: { retentionPolicyId: policy?.id ?? null }, ifMatch: version });
  return print(session, source, [`${source.name} keeps: ${source.retentionPolicyName ?? "everything"}`]);
}

async function simulate(given: Given, session: Session): Promise<ExitCode> {
  const { id } = await findSource(session, given.needed("source"));
  const wanted = given.text("policy");
  const day = given.whole("day", 0, 730) ?? 0;
  const policyId = wanted === undefined ? undefined : (await findPolicy(session, wanted)).id;
  const body = { day, days: Math.max(1, day), ...(policyId === undefined ? {} : { policyId }) };
  const simulation = await ask(session, simulateRetention, { params: { id }, body });
  const rows = simulation.decisions.map((each) => [
    each.verdict,
    each.kind,
    moment(each.snapshotAt),
    formatBytes(each.storedBytes, "en"),
    each.neededBy === null ? each.reason : `${each.reason} by ${each.neededBy}`,
    each.exists ? each.backupId : "to come",
  ]);
  const head = `${simulation.policyName ?? "everything is kept"}, on ${moment(simulation.at)}`;
  const { plannedUntil } = simulation;
  const end = plannedUntil === null ? [] : [`backups to come are reckoned with up to ${moment(plannedUntil)}`];
  return print(session, simulation, [head, ...end, ...tableLines(["", "KIND", "OF", "STORED", "WHY", "BACKUP"], rows)]);
}

export const policyCommand: Command = {
  name: "policy",
  summary: "Show retention policies and a source's schedules, choose a policy, or simulate one",
  usage: ["list", "show --source name", "set --source name --policy name|none", "simulate --source name [--policy name] [--day n]"],
  takes: { words: 1 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the source" },
    policy: { type: "string", short: "p", value: "name", help: "the retention policy, by name or id" },
    day: { type: "string", value: "n", help: "simulate: so many days from today (default: 0)" },
  },
  run: async (given, session) => {
    const [verb = "list"] = given.positionals;
    switch (verb) {
      case "list":
        return await list(session);
      case "show":
        return await show(given, session);
      case "set":
        return await set(given, session);
      case "simulate":
        return await simulate(given, session);
      default:
        throw usageError(`policy ${verb} is not known`, "There are: list, show, set, simulate.");
    }
  },
};
