import { STATUS_CODES } from "node:http";
import type { ChannelConfig } from "../contracts/notifications.ts";
import { compose, plainText, readerOf } from "./compose.ts";
import { detailOf, failureOf } from "./failure.ts";
import { httpDraft } from "./http-messages.ts";
import { sendHttp } from "./http-request.ts";
import type { Notifier, Outgoing, SendOutcome } from "./port.ts";
import { plainHost } from "./reach.ts";
import { sendMail } from "./smtp.ts";

export type NotifierOptions = {
  /** Where links lead. */
  readonly publicUrl: string;
  /** The longest that one message takes, in milliseconds. */
  readonly timeoutMs: number;
  /** An authority that mail servers may have their certificate of, beside the system's. */
  readonly smtpCa?: string;
};

/** Sends messages over SMTP and HTTP. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { timeoutMs } = options;
  return {
    timeoutMs,
    async send(outgoing, signal): Promise<SendOutcome> {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        return await (outgoing.config.type === "email"
          ? mailOf(outgoing, outgoing.config, options, either)
          : requestOf(outgoing, options, either));
      } catch (error) {
        return { sent: false, status: null, error: failureOf(error, hostOf(outgoing), timeoutMs, outgoing.secrets), retryAfterMs: null };
      }
    },
  };
}

async function mailOf(
  outgoing: Outgoing,
  config: Extract<ChannelConfig, { type: "email" }>,
  { publicUrl, timeoutMs, smtpCa }: NotifierOptions,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const reader = readerOf(outgoing, publicUrl);
  const message = compose(outgoing.content.type === "message" ? outgoing.content.items : [], reader);
  const ca = smtpCa === undefined ? {} : { ca: smtpCa };
  const mail = { id: outgoing.deliveryId, subject: message.title, text: plainText(message, reader) };
  const refused = await sendMail({ config, secrets: outgoing.secrets, timeoutMs, signal, ...ca }, mail);
  if (refused === null) return { sent: true, status: null };
  const { addresses, status, response } = refused;
  const detail = detailOf(`${addresses.join(", ")}: ${response}`, outgoing.secrets);
  return { sent: true, status: null, problem: { code: "channel-refused", params: { status: status ?? 0, detail } } };
}

async function requestOf(outgoing: Outgoing, { publicUrl }: NotifierOptions, signal: AbortSignal): Promise<SendOutcome> {
  const draft = httpDraft(outgoing, publicUrl, Math.floor(Date.now() / 1000));
  const { status, retryAfterSeconds, text } = await sendHttp({ ...draft, signal });
  if (status >= 200 && status < 300) return { sent: true, status };
  const isRedirect = status >= 300 && status < 400;
  const detail = isRedirect
    ? "redirects are not followed"
    : detailOf(text.trim() === "" ? (STATUS_CODES[status] ?? "") : text, outgoing.secrets);
  return {
    sent: false,
    status,
    error: { code: "channel-refused", params: { status, detail } },
    retryAfterMs: retryAfterSeconds === null ? null : Math.min(retryAfterSeconds, 3600) * 1000,
  };
}

function hostOf({ config, secrets }: Outgoing): string {
  if (config.type === "email") return config.host;
  const address = config.type === "telegram" ? config.apiOrigin : config.type === "ntfy" ? config.server : secrets.url;
  return address !== undefined && URL.canParse(address) ? plainHost(new URL(address).hostname) : "?";
}
