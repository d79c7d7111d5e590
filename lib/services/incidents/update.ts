import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import type { Transaction } from "#lib/db/client";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { openItem, withItem } from "#lib/domain/incident-checklist";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { requireVersion } from "../require-version.ts";
import { changeIncident, type IncidentChange } from "./change.ts";

/**
 * Changes title, severity, assignee or root cause; the timeline tells each of them. What stays as it was is no change. Taking a confirmed root
 * cause away opens its item again.
 * Throws `not-found` (also for an assignee who is not there), `version-required`, `version-conflict`, `incident-state`.
 */
export async function updateIncident(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateIncident>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const expected = requireVersion(input.ifMatch);
  const { title, severity, assigneeId, rootCause } = input.body;
  const request = { id: input.params.id, expected, action: "incident.update", state: "open" } as const;
  return changeIncident(context, request, async (row, tx) => {
    const entries: IncidentChange["entries"][number][] = [];
    if (title !== undefined && title !== row.title) entries.push({ code: "title", params: { from: row.title, to: title }, text: "" });
    if (severity !== undefined && severity !== row.severity) {
      entries.push({ code: "severity", params: { from: row.severity, to: severity }, text: "" });
    }
    if (assigneeId !== undefined && assigneeId !== row.assigneeId) {
      entries.push({ code: "assigned", params: { to: assigneeId === null ? null : await nameOf(tx, assigneeId) }, text: "" });
    }
    if (rootCause !== undefined && rootCause !== row.rootCause) entries.push({ code: "root-cause", params: {}, text: rootCause });
    const isTakenBack = rootCause?.trim() === "" && row.checklist.some(({ item, state }) => item === "root-cause" && state === "confirmed");
    if (isTakenBack) entries.push({ code: "item", params: { item: "root-cause", state: "open" }, text: "" });
    return {
      set: {
        ...(title === undefined ? {} : { title }),
        ...(severity === undefined ? {} : { severity }),
        ...(assigneeId === undefined ? {} : { assigneeId }),
        ...(rootCause === undefined ? {} : { rootCause }),
        ...(isTakenBack ? { checklist: withItem(row.checklist, openItem("root-cause")) } : {}),
      },
      entries,
    };
  });
}

async function nameOf(tx: Transaction, id: string): Promise<string> {
  const [row] = await tx.select({ name: users.name }).from(users).where(eq(users.id, id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "user", id });
  return row.name;
}
