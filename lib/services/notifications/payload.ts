import type { AlertCode } from "#lib/domain/alert-codes";
import type { Params } from "#lib/domain/error";

/** What a delivery says, as data. Written when it is queued; never a secret. */
export type AlertPayload = {
  readonly type: "alert" | "resolved" | "digest" | "test";
  readonly code: AlertCode | "test";
  readonly params: Params;
  readonly sourceName: string | null;
  readonly at: string;
  /** How often it happened since it opened. */
  readonly count: number;
};

export type EventPayload = {
  readonly type: "event";
  readonly eventId: number;
  readonly event: string;
  readonly at: string;
  readonly sourceName: string | null;
  readonly subject: string;
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
};

export type PingPayload = {
  readonly type: "ping";
  readonly signal: "start" | "success" | "fail";
  readonly runId: string | null;
  readonly at: string;
};

export type DeliveryPayload = AlertPayload | EventPayload | PingPayload;
