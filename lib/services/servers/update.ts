import { and, eq, inArray } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { decidePassword, type PasswordTarget } from "#lib/domain/password-carry";
import { validateHost } from "#lib/domain/server-address";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { sealPassword } from "./create.ts";
import { auditedServer, type ServerRow } from "./dto.ts";
import { loadServer, lockServer } from "./load.ts";
import { passwordContext, restorePasswordContext } from "./secrets.ts";

type PasswordField = "password" | "restorePassword";

/** Which ciphertext the row gets. Throws `invalid-input` when a stored password would go somewhere new. */
function nextSealed(
  context: ServiceContext,
  field: PasswordField,
  change: { before: PasswordTarget; after: PasswordTarget; sealed: string | null; given: string | undefined; sealedFor: string },
): string | null {
  const decision = decidePassword(change.before, change.after, change.sealed !== null, change.given);
  switch (decision.use) {
    case "stored":
      return change.sealed;
    case "none":
      return null;
    case "given":
      return sealPassword(context, decision.password, change.sealedFor);
    case "ask-again":
      throw new LifeboatError("invalid-input", { issues: `${field}: enter it again, because ${decision.changed.join(", ")} changed` });
    default:
      return decision satisfies never;
  }
}

function changedRow(context: ServiceContext, row: ServerRow, patch: contract.ServerPatch): Partial<ServerRow> {
  const { password, restorePassword, ...fields } = patch;
  const next = { ...row, ...fields };
  const restoreTarget = (server: ServerRow): PasswordTarget => ({ host: server.host, port: server.port, username: server.restoreUsername });
  const movedAway = next.host !== row.host || next.port !== row.port;
  const connectsAnew =
    movedAway || (["tlsMode", "tlsCa", "username", "maintenanceDatabase"] as const).some((field) => next[field] !== row[field]);
  return {
    ...fields,
    passwordSealed: nextSealed(context, "password", {
      before: row,
      after: next,
      sealed: row.passwordSealed,
      given: password,
      sealedFor: passwordContext(row.id),
    }),
    restorePasswordSealed:
      next.restoreUsername === ""
        ? null
        : nextSealed(context, "restorePassword", {
            before: restoreTarget(row),
            after: restoreTarget(next),
            sealed: row.restorePasswordSealed,
            given: restorePassword,
            sealedFor: restorePasswordContext(row.id),
          }),
    // What the last check told is about the server as it was.
    ...(connectsAnew || password !== undefined ? { lastCheckedAt: null, lastError: null } : {}),
    ...(movedAway ? { serverVersion: null } : {}),
  };
}

/** Runs that take several looks at one server must find the same one each time. Throws `run-active` { runId, type }. */
async function refuseMoved(tx: Transaction, row: ServerRow, { host = row.host, port = row.port }: contract.ServerPatch): Promise<void> {
  if (host === row.host && port === row.port) return;
  const [active] = await tx
    .select({ id: runs.id, type: runs.type })
    .from(runs)
    .where(and(eq(runs.serverId, row.id), inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
    .limit(1);
  if (active !== undefined) throw new LifeboatError("run-active", { runId: active.id, type: active.type });
}

/**
 * Changes a server. Throws `not-found`, `version-required`, `version-conflict`, `server-duplicate` { name }, `address-invalid`,
 * `address-forbidden`, `run-active` for another host or port while a run works on it, and `invalid-input` when a stored password would go to another host, port or role.
 */
export async function updateServer(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateServer>,
): Promise<contract.ServerDto> {
  authorise(context, "servers:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  if (input.body.host !== undefined) validateHost(input.body.host);
  try {
    return await context.db.transaction(async (tx) => {
      const row = await lockServer(tx, id, "update");
      refuseStale("server", row.version, expected);
      await refuseMoved(tx, row, input.body);
      const [after] = await tx
        .update(servers)
        .set({ ...changedRow(context, row, input.body), version: row.version + 1, updatedAt: context.now() })
        .where(eq(servers.id, id))
        .returning();
      if (after === undefined) throw new Error("the update returned no row");
      await recordAudit(tx, context, {
        action: "server.update",
        targetType: "server",
        targetId: id,
        targetName: after.name,
        before: auditedServer(row),
        after: auditedServer(after),
      });
      return loadServer(tx, id);
    });
  } catch (error) {
    if (isUniqueViolation(error, "servers_name_key")) {
      throw new LifeboatError("server-duplicate", { name: input.body.name ?? "" }, { cause: error });
    }
    throw error;
  }
}
