import type { ChannelConfig } from "../contracts/notifications.ts";
import type { AlertCode } from "../domain/alert-codes.ts";
import type { Params, Reason } from "../domain/error.ts";

/** Opened from its seal for one message; never logged. */
export type ChannelSecrets = {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  readonly signingKey?: string | undefined;
};

/** One thing that a message tells; text is made from it in the channel's language. */
export type MessageItem = {
  readonly type: "alert" | "resolved" | "digest" | "test";
  readonly code: AlertCode | "test";
  readonly params: Params;
  readonly source: { readonly id: string; readonly name: string } | null;
  readonly at: string;
  readonly count: number;
};

/** What machines get of a change of state; `id` stays the same however often it is sent. */
export type WebhookBody = {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly source: { readonly id: string; readonly name: string } | null;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type Content =
  | { readonly type: "message"; readonly items: readonly MessageItem[] }
  | { readonly type: "webhook"; readonly body: WebhookBody }
  | { readonly type: "ping"; readonly signal: "start" | "success" | "fail"; readonly runId: string | null };

export type Outgoing = {
  /** The same for every try of the same content, so that a receiver can tell a repeated message. */
  readonly deliveryId: string;
  readonly config: ChannelConfig;
  readonly secrets: ChannelSecrets;
  readonly language: "en" | "es";
  readonly timeZone: string;
  readonly content: Content;
};

/** `status`: what an HTTP receiver answered, if one did. `problem`: it was taken, and not for everybody that it was meant for. */
export type SendOutcome =
  | { readonly sent: true; readonly status: number | null; readonly problem?: Reason }
  | { readonly sent: false; readonly status: number | null; readonly error: Reason; readonly retryAfterMs: number | null };

/** Sends messages. Never throws for what the other side does, and answers within `timeoutMs` whatever it does. */
export interface Notifier {
  /** The longest that one message takes, in milliseconds. */
  readonly timeoutMs: number;
  send(outgoing: Outgoing, signal?: AbortSignal): Promise<SendOutcome>;
}
