import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto } from "#lib/contracts/runs";
import type * as contract from "#lib/contracts/servers";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { decidePassword } from "#lib/domain/password-carry";
import { validateHost } from "#lib/domain/server-address";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { type CheckInput, checkSteps } from "./check-input.ts";
import { sealPassword } from "./create.ts";
import type { ServerRow } from "./dto.ts";
import { passwordContext, probePasswordContext } from "./secrets.ts";

type Connection = EndpointInput<typeof contract.checkServer>["body"]["connection"];
type Address = Omit<CheckInput, "serverId" | "passwordSealed" | "sealedFor">;

function addressOf(row: ServerRow | null, connection: Connection): Address {
  const host = connection.host ?? row?.host;
  const username = connection.username ?? row?.username;
  if (host === undefined) throw new LifeboatError("invalid-input", { issues: "host: is missing" });
  if (username === undefined) throw new LifeboatError("invalid-input", { issues: "username: is missing" });
  validateHost(host);
  return {
    host,
    port: connection.port ?? row?.port ?? 5432,
    tlsMode: connection.tlsMode ?? row?.tlsMode ?? "prefer",
    tlsCa: connection.tlsCa ?? row?.tlsCa ?? "",
    username,
    maintenanceDatabase: connection.maintenanceDatabase ?? row?.maintenanceDatabase ?? "postgres",
  };
}

function passwordFor(
  context: ServiceContext,
  row: ServerRow | null,
  address: Address,
  given: string | undefined,
  runId: string,
): Pick<CheckInput, "passwordSealed" | "sealedFor"> {
  const decision = decidePassword(row ?? address, address, (row?.passwordSealed ?? null) !== null, given);
  switch (decision.use) {
    case "stored":
      return { passwordSealed: row?.passwordSealed ?? null, sealedFor: passwordContext(row?.id ?? "") };
    case "none":
      return { passwordSealed: null, sealedFor: probePasswordContext(runId) };
    case "given":
      return {
        passwordSealed: sealPassword(context, decision.password, probePasswordContext(runId)),
        sealedFor: probePasswordContext(runId),
      };
    case "ask-again":
      throw new LifeboatError("invalid-input", { issues: `password: enter it again, because ${decision.changed.join(", ")} changed` });
    default:
      return decision satisfies never;
  }
}

/** The address as the stored row has it: then the answer is about the stored server, and its row may learn from it. */
function isAsStored(row: ServerRow | null, address: Address, given: string | undefined): boolean {
  return row !== null && given === undefined && (Object.keys(address) as (keyof Address)[]).every((field) => row[field] === address[field]);
}

/** The input of a check run for a stored server as it is. */
export function storedCheckInput(row: ServerRow): CheckInput {
  return {
    ...addressOf(row, {}),
    serverId: row.id,
    passwordSealed: row.passwordSealed,
    sealedFor: passwordContext(row.id),
  };
}

async function findServer(context: ServiceContext, id: string | undefined): Promise<ServerRow | null> {
  if (id === undefined) return null;
  const [row] = await context.db
    .select()
    .from(servers)
    .where(and(eq(servers.id, id), isNull(servers.removedAt)));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "server", id });
  return row;
}

/**
 * Starts a probe that tests a connection step by step. Values left out come from the stored server when one is named; its stored
 * password goes only to the host, port and role that it was entered for (else `invalid-input`). Throws `not-found`, `address-…`.
 */
export async function checkServer(context: ServiceContext, input: EndpointInput<typeof contract.checkServer>): Promise<RunDetailDto> {
  authorise(context, "servers:write");
  const { serverId, connection } = input.body;
  const row = await findServer(context, serverId);
  const address = addressOf(row, connection);
  const runId = makeId("run", context.newUuid());
  const sealed = passwordFor(context, row, address, connection.password, runId);
  const run = await context.db.transaction(async (tx) => {
    const started = await startRun(tx, context, {
      id: runId,
      type: "check-server",
      subject: serverId ?? address.host,
      serverId: serverId ?? null,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: { ...address, ...sealed, serverId: isAsStored(row, address, connection.password) ? (serverId ?? null) : null },
      steps: checkSteps,
    });
    await recordAudit(tx, context, {
      action: "server.check",
      targetType: "server",
      targetId: serverId ?? null,
      targetName: row?.name ?? address.host,
      after: { host: address.host, port: address.port, username: address.username, tlsMode: address.tlsMode },
    });
    return started;
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}
