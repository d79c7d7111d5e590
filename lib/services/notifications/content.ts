import { alertSeverities, type AlertSeverity, type DeliveryKind } from "#lib/domain/alert-codes";
import type { deliveries } from "#lib/db/schema/deliveries";
import type { Content, MessageItem, WebhookBody } from "#lib/notify/port";
import type { AlertPayload, DeliveryPayload } from "./payload.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;

export function payloadOf(row: Pick<DeliveryRow, "payload">): DeliveryPayload {
  return row.payload as DeliveryPayload;
}

/** What is in quiet hours judged by. */
export function severityOf(row: Pick<DeliveryRow, "kind" | "code">): AlertSeverity {
  const known = alertSeverities[row.code as keyof typeof alertSeverities] as AlertSeverity | undefined;
  return row.kind === "alert" ? (known ?? "normal") : "info";
}

const webhookTypes: Partial<Record<DeliveryKind, string>> = {
  alert: "alert.opened",
  resolved: "alert.resolved",
  digest: "digest.weekly",
  test: "test",
};

/** Turns deliveries into what a notifier sends; several only where the channel is for people. */
export function contentOf(rows: readonly DeliveryRow[], isForMachines: boolean): Content {
  const [first] = rows;
  if (first === undefined) throw new Error("a message needs something to tell");
  const payload = payloadOf(first);
  if (payload.type === "ping") return { type: "ping", signal: payload.signal, runId: payload.runId };
  if (payload.type === "event" || isForMachines) return { type: "webhook", body: webhookBody(first, payload) };
  return { type: "message", items: rows.flatMap((row) => itemOf(row, payloadOf(row))) };
}

function sourceOf(row: DeliveryRow, sourceName: string | null): { id: string; name: string } | null {
  return row.sourceId === null ? null : { id: row.sourceId, name: sourceName ?? row.sourceId };
}

function itemOf(row: DeliveryRow, payload: DeliveryPayload): MessageItem[] {
  if (payload.type === "ping" || payload.type === "event") return [];
  const { type, code, params, at, count, sourceName } = payload;
  return [{ type, code, params, at, count, source: sourceOf(row, sourceName) }];
}

function webhookBody(row: DeliveryRow, payload: Exclude<DeliveryPayload, { type: "ping" }>): WebhookBody {
  const source = sourceOf(row, payload.sourceName);
  if (payload.type === "event") {
    const { eventId, event, at, subject } = payload;
    return { id: `evt_${eventId}`, type: event, at, source, subject, payload: payload.payload };
  }
  return {
    id: row.id,
    type: webhookTypes[row.kind] ?? row.kind,
    at: payload.at,
    source,
    subject: row.alertId ?? row.id,
    payload: alertFacts(payload),
  };
}

function alertFacts({ code, params, count }: AlertPayload): Record<string, unknown> {
  return { code, severity: code === "test" ? "info" : alertSeverities[code], count, params };
}
