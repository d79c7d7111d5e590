import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { ReplacePlanDto, RestoreInput, RestorePreviewDto, previewRestore as contract } from "#lib/contracts/restores";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { startRun } from "../runs/start.ts";
import { type PreviewOutput, previewOutput } from "./preview-output.ts";
import { findReplacementTarget } from "./replacement-target.ts";
import { getRestorableOrThrow } from "./restorable.ts";

const timeoutMs = 20_000;

/**
 * Asks a worker what a restore would meet; nothing is changed anywhere. Throws what `getRestorableOrThrow` throws, what stood in
 * the worker's way (`host-unknown`, `password-wrong` …), `no-worker` and `probe-timeout`.
 */
export async function previewRestore(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RestorePreviewDto> {
  authorise(context, "restores:read");
  const { backup, server } = await getRestorableOrThrow(context.db, input.body);
  const run = await context.db.transaction((tx) =>
    startRun(tx, context, {
      type: "preview-restore",
      subject: `${server.id}/${input.body.database}`,
      sourceId: backup.sourceId,
      backupId: backup.id,
      serverId: server.id,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: input.body,
      steps: ["inspect"],
    }),
  );
  await context.wake(run.id, run.workerGroup);
  const found = previewOutput.parse(await awaitProbe(context, run.id, { timeoutMs }));
  return {
    ...found,
    replace: found.replace === null ? null : await replaceDto(context, input.body, found.replace),
    backupId: backup.id,
    serverId: server.id,
    serverName: server.name,
    backupServerVersion: backup.serverVersion,
    database: input.body.database,
    streamBytes: backup.streamBytes,
    tables: backup.tableCount,
    rows: backup.rowCount,
    warnings: found.warnings.map(describeReason),
    blockers: found.blockers.map(describeReason),
  };
}

/** What the worker found on the server, with what the catalogue knows of the target. */
async function replaceDto(
  context: ServiceContext,
  input: RestoreInput,
  found: NonNullable<PreviewOutput["replace"]>,
): Promise<ReplacePlanDto> {
  const { source, environment, needsProductionConfirmation } = await findReplacementTarget(context.db, input);
  return {
    ...found,
    why: found.why === null ? null : describeReason(found.why),
    sourceId: source?.id ?? null,
    sourceName: source?.name ?? null,
    environment,
    needsProductionConfirmation,
  };
}
