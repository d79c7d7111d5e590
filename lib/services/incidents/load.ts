import { and, eq } from "drizzle-orm";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import type { Database, Transaction } from "#lib/db/client";
import { incidents } from "#lib/db/schema/incidents";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { oneOf } from "../one-of.ts";
import { type IncidentRow, toIncidentDetailDto } from "./dto.ts";

/** The row, locked for a change until the transaction ends. Throws `not-found`. */
export async function lockIncident(tx: Transaction, id: string): Promise<IncidentRow> {
  const [row] = await tx.select().from(incidents).where(eq(incidents.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "incident", id });
  return row;
}

/** One incident with its runs; probes, which are forgotten after a day, are left out. Throws `not-found`. */
export async function loadIncidentDetail(db: Database | Transaction, id: string): Promise<IncidentDetailDto> {
  const [found] = await db
    .select({ incident: incidents, sourceName: sources.name, assigneeName: users.name })
    .from(incidents)
    .leftJoin(sources, eq(sources.id, incidents.sourceId))
    .leftJoin(users, eq(users.id, incidents.assigneeId))
    .where(eq(incidents.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "incident", id });
  const { incident, sourceName, assigneeName } = found;
  const linked =
    incident.runIds.length === 0
      ? []
      : await db
          .select({ id: runs.id, type: runs.type, state: runs.state, finishedAt: runs.finishedAt })
          .from(runs)
          .where(and(oneOf(runs.id, incident.runIds), eq(runs.isProbe, false)))
          .orderBy(runs.queuedAt, runs.id);
  return toIncidentDetailDto(incident, {
    sourceName,
    assigneeName,
    runs: linked.map(({ finishedAt, ...run }) => Object.assign(run, { finishedAt: finishedAt?.toISOString() ?? null })),
  });
}
