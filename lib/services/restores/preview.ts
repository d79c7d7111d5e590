import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RestorePreviewDto, previewRestore as contract } from "#lib/contracts/restores";
import { mergeBlockers } from "#lib/domain/merge-blockers";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadPointFacts } from "../restore-points/point-facts.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import { previewOutput } from "./preview-output.ts";
import { loadReadPlan } from "./read-plan.ts";
import { planReplacement } from "./plan-replacement.ts";
import { type RestoreOrder, resolveOrder, targetSubject } from "./resolve-order.ts";

type Body = EndpointInput<typeof contract>["body"];

const timeoutMs = 19_500;

/**
 * Asks a worker what a restore would meet and puts beside it what the catalogue knows: which packs are read, how long it should take. Nothing
 * is changed anywhere. A file as the target takes `restores:create`: the answer tells whether it is there. Throws what `resolveOrder` throws,
 * what stood in the worker's way (`host-unknown`, `password-wrong` …), `no-worker` and `probe-timeout`.
 */
export async function previewRestore(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RestorePreviewDto> {
  authorise(context, "restores:read");
  if (input.body.targetPath !== undefined) authorise(context, "restores:create");
  const { db } = context;
  const [order, run] = await db.transaction(async (tx) => {
    const resolved = await resolveOrder(tx, input.body);
    return [resolved, await queue(context, tx, resolved, input.body)] as const;
  });
  await context.wake(run.id, run.workerGroup);
  const found = previewOutput.parse(await awaitProbe(context, run.id, { timeoutMs }));
  const { backup, target } = order;
  const { changes, changesProblem, missingKeys, ...shown } = found;
  const [plan, factsOf, replacing] = await Promise.all([
    loadReadPlan(db, order, new Set(missingKeys)),
    loadPointFacts(db, [backup.id]),
    planReplacement(db, order, input.body, found),
  ]);
  const { blocker } = factsOf(backup.id);
  const server = target.type === "server" ? target.server : null;
  return {
    ...shown,
    plan: { ...plan, changes, changesProblem: changesProblem === null ? null : describeReason(changesProblem) },
    replace: replacing.replace,
    backupId: backup.id,
    serverId: server?.id ?? null,
    serverName: server?.name ?? null,
    backupServerVersion: backup.serverVersion,
    database: replacing.name,
    streamBytes: backup.streamBytes,
    tables: backup.tableCount,
    rows: backup.rowCount,
    warnings: found.warnings.map(describeReason),
    blockers: mergeBlockers(blocker, [...replacing.blockers, ...found.blockers]).map(describeReason),
  };
}

function queue(context: ServiceContext, tx: Parameters<typeof startRun>[0], order: RestoreOrder, body: Body): Promise<RunRow> {
  const { backup, source, target } = order;
  const { sourceId: _source, at: _at, ...wanted } = body;
  return startRun(tx, context, {
    type: "preview-restore",
    subject: targetSubject(target),
    sourceId: backup.sourceId,
    backupId: backup.id,
    serverId: target.type === "server" ? target.server.id : null,
    ...(target.type === "file" && source.workerGroup !== null ? { workerGroup: source.workerGroup } : {}),
    trigger: context.actor.type === "token" ? "api" : "manual",
    // The backup is chosen once: the worker looks at the very one that the answer names.
    input: { ...wanted, backupId: backup.id },
    steps: ["inspect", "count-source"],
  });
}
