import { createHmac } from "node:crypto";
import { LifeboatError } from "../domain/error.ts";
import { type Composed, compose, cutBytes, plainText, readerOf } from "./compose.ts";
import type { HttpMessage } from "./http-request.ts";
import type { MessageItem, Outgoing } from "./port.ts";
import type { Reader } from "./words.ts";

export type HttpDraft = Omit<HttpMessage, "signal">;

const json = { "content-type": "application/json; charset=utf-8", "user-agent": "Lifeboat" };

/** What the longest messages of these services may hold, in UTF-16 units, with room for what escaping adds. */
const longest = { slack: 30_000, discord: 1_900, telegram: 3_900 } as const;
/** Of those that count bytes: 4,096 of a message, 28 KB of a whole request, in which a sign that escapes stands twice. */
const longestBytes = { teams: 12_000, ntfy: 3_500 } as const;

/** The one request that a channel of every type but e-mail needs for a content. Throws `channel-incomplete` { field } where a secret is missing. */
export function httpDraft(outgoing: Outgoing, publicUrl: string, nowSeconds: number): HttpDraft {
  const { config, content, secrets } = outgoing;
  if (content.type === "ping") return pingDraft(needed(secrets.url, "url"), content.signal, content.runId);
  if (content.type === "webhook") {
    const body = JSON.stringify(content.body);
    const headers = signed(body, {
      key: needed(secrets.signingKey, "signingKey"),
      event: content.body.type,
      id: outgoing.deliveryId,
      nowSeconds,
    });
    return { url: new URL(needed(secrets.url, "url")), method: "POST", headers: { ...json, ...headers }, body };
  }
  const reader = readerOf(outgoing, publicUrl);
  const message = compose(content.items, reader);
  const post = (url: string | URL, body: object, headers = {}): HttpDraft => ({
    url: new URL(url),
    method: "POST",
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
  switch (config.type) {
    case "slack":
      return post(needed(secrets.url, "url"), slackBody(message, reader));
    case "discord":
      return post(needed(secrets.url, "url"), {
        content: plainText(message, reader, {
          head: `**${escapeMarkdown(message.title)}**\n`,
          most: longest.discord,
          escape: escapeMarkdown,
        }),
        allowed_mentions: { parse: [] },
      });
    case "telegram":
      return post(`${config.apiOrigin.replace(/\/+$/, "")}/bot${needed(secrets.token, "token")}/sendMessage`, {
        chat_id: config.chatId,
        text: plainText(message, reader, { head: `${message.title}\n\n`, most: longest.telegram }),
        link_preview_options: { is_disabled: true },
      });
    case "teams":
      return post(needed(secrets.url, "url"), teamsBody(message));
    case "ntfy":
      return post(config.server, ntfyBody(config.topic, content.items, message, reader), bearer(secrets.token));
    case "email":
    case "webhook":
    case "healthchecks":
      throw new LifeboatError("channel-incomplete", { field: "type" });
    default:
      return config satisfies never;
  }
}

function needed(value: string | undefined, field: string): string {
  if (value === undefined || value === "") throw new LifeboatError("channel-incomplete", { field });
  return value;
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
}

/** As docs/webhooks.md says: HMAC-SHA-256 over `<timestamp>.<body>`, hex. */
function signed(body: string, by: { key: string; event: string; id: string; nowSeconds: number }): Record<string, string> {
  const timestamp = String(by.nowSeconds);
  const signature = createHmac("sha256", by.key).update(`${timestamp}.${body}`).digest("hex");
  return {
    "lifeboat-event": by.event,
    "lifeboat-delivery": by.id,
    "lifeboat-timestamp": timestamp,
    "lifeboat-signature": `v1=${signature}`,
  };
}

/** `<url>/start`, `<url>` and `<url>/fail`; `rid` lets the switch pair a run's start with its end. */
function pingDraft(base: string, signal: "start" | "success" | "fail", runId: string | null): HttpDraft {
  const url = new URL(base);
  if (signal !== "success") url.pathname = `${url.pathname.replace(/\/+$/, "")}/${signal}`;
  const hex = runId?.split("_")[1];
  if (hex !== undefined && /^[0-9a-f]{32}$/.test(hex)) {
    url.searchParams.set("rid", hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  }
  return { url, method: "GET", headers: { "user-agent": json["user-agent"] }, body: "" };
}

const slackEscapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function slackBody(message: Composed, reader: Reader): object {
  const escape = (text: string) => text.replace(/[&<>]/g, (sign) => slackEscapes[sign] ?? sign);
  return { text: plainText(message, reader, { head: `*${escape(message.title)}*\n`, most: longest.slack, escape }), unfurl_links: false };
}

/** Names may hold what Markdown would read as emphasis, a link or a mention. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|>#[\]<@]/g, String.raw`\$&`);
}

/** An adaptive card, as workflows of Teams take them. */
function teamsBody(message: Composed): object {
  let room: number = longestBytes.teams;
  const blocks = message.paragraphs.flatMap((lines) => {
    const text = cutBytes(lines.map(escapeMarkdown).join("\n\n"), Math.max(3, room));
    room -= Buffer.byteLength(text);
    return room > 0 ? [{ type: "TextBlock", text, wrap: true, separator: true }] : [];
  });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [{ type: "TextBlock", text: escapeMarkdown(message.title), wrap: true, weight: "Bolder", size: "Medium" }, ...blocks],
          actions: [{ type: "Action.OpenUrl", title: message.open, url: message.url }],
        },
      },
    ],
  };
}

function ntfyBody(topic: string, items: readonly MessageItem[], message: Composed, reader: Reader): object {
  const isBad = items.some(({ type }) => type === "alert");
  return {
    topic,
    title: message.title,
    message: plainText(message, reader, { mostBytes: longestBytes.ntfy }),
    priority: isBad ? 4 : 3,
    tags: [isBad ? "warning" : "white_check_mark"],
    click: message.url,
  };
}
