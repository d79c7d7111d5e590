import { createHmac, timingSafeEqual } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HttpReceiver, startHttpReceiver } from "#lib/testing/receivers";
import { createNotifier } from "./notifier.ts";
import type { Content, MessageItem, Outgoing } from "./port.ts";

const canary = "canary-5up3r-53cr3t-t0k3n";
const notifier = createNotifier({ publicUrl: "https://lifeboat.example.org", timeoutMs: 20_000 });
/** For receivers that hang. */
const hasty = createNotifier({ publicUrl: "https://lifeboat.example.org", timeoutMs: 400 });

const failed: MessageItem = {
  type: "alert",
  code: "backup-failed",
  params: { runId: "run_1", error: "database-missing", "error.database": "shop" },
  source: { id: "src_1", name: "Shop <!channel> *x*\r\nBcc: evil@example.org" },
  at: "2026-11-22T10:00:00.000Z",
  count: 1,
};

let receiver: HttpReceiver;
beforeEach(async () => {
  receiver = await startHttpReceiver();
});
afterEach(async () => receiver.close());

function outgoing(change: Partial<Outgoing>, content: Content = { type: "message", items: [failed] }): Outgoing {
  return {
    deliveryId: "dlv_0123456789abcdef0123456789abcdef",
    config: { type: "slack" },
    secrets: { url: `${receiver.url}/services/${canary}` },
    language: "en",
    timeZone: "UTC",
    content,
    ...change,
  };
}

async function sent(change: Partial<Outgoing>, content?: Content) {
  const outcome = await notifier.send(outgoing(change, content));
  expect(outcome.sent).toBe(true);
  const request = receiver.requests.at(-1);
  if (request === undefined) throw new Error("nothing arrived");
  return { ...request, json: (request.body === "" ? {} : JSON.parse(request.body)) as Record<string, unknown> };
}

const event: Content = {
  type: "webhook",
  body: { id: "evt_7", type: "run.failed", at: "2026-11-22T10:00:00.000Z", source: null, subject: "run_1", payload: { to: "failed" } },
};

describe("what services are sent", () => {
  it("Slack: text in which names can mention nobody", async () => {
    const { json, path } = await sent({});
    expect(path).toBe(`/services/${canary}`);
    expect(json["text"]).toContain("*Backup of Shop &lt;!channel&gt; *x* Bcc: evil@example.org failed*");
    expect(json["text"]).not.toContain("<!channel>");
    expect(json["text"]).toContain("https://lifeboat.example.org/runs/run_1");
  });

  it("Discord: bounded, with every mention switched off", async () => {
    const items = Array.from({ length: 30 }, () => failed);
    const { json } = await sent({ config: { type: "discord" } }, { type: "message", items });
    expect(json).toMatchObject({ allowed_mentions: { parse: [] } });
    expect(String(json["content"]).length).toBeLessThanOrEqual(2000);
    expect(json["content"]).toContain("30 messages: Backup of");
  });

  it.each(["discord", "slack"] as const)("%s: the address as it stands, however much is said", async (type) => {
    const url = "https://lifeboat.example.org/runs/run_1";
    const { json } = await sent({ config: { type } }, { type: "message", items: [failed] });
    expect(String(json[type === "slack" ? "text" : "content"])).toMatch(new RegExp(`: ${url}$`));
    const long = { ...failed, sourceName: "_".repeat(20_000) };
    const many = await sent({ config: { type } }, { type: "message", items: Array.from({ length: 100 }, () => long) });
    expect(String(many.json[type === "slack" ? "text" : "content"])).toMatch(/: https:\/\/lifeboat\.example\.org\/?$/);
    expect(many.body).not.toMatch(/\\\\…/);
  });

  it("Telegram: plain text to the bot whose token stands in the path", async () => {
    const config = { type: "telegram", chatId: "-100123", apiOrigin: `${receiver.url}/` } as const;
    const { path, json } = await sent({ config, secrets: { token: canary }, language: "es" });
    expect(path).toBe(`/bot${canary}/sendMessage`);
    expect(json).toMatchObject({ chat_id: "-100123" });
    expect(json).not.toHaveProperty("parse_mode");
    expect(json["text"]).toMatch(/^La copia de Shop .* ha fallado\n\n/);
  });

  it("Teams: an adaptive card that opens Lifeboat", async () => {
    const { json } = await sent({ config: { type: "teams" } });
    expect(json).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [{ type: "TextBlock" }, { type: "TextBlock" }],
            actions: [{ type: "Action.OpenUrl", url: "https://lifeboat.example.org/runs/run_1" }],
          },
        },
      ],
    });
  });

  it("ntfy: the topic in the body, the token in a header, urgent when something is wrong", async () => {
    const config = { type: "ntfy", server: receiver.url, topic: "lifeboat" } as const;
    const { path, json, headers } = await sent({ config, secrets: { token: canary } });
    expect([path, headers.authorization]).toEqual(["/", `Bearer ${canary}`]);
    expect(json).toMatchObject({ topic: "lifeboat", priority: 4, tags: ["warning"] });
    const { json: better } = await sent({ config, secrets: {} }, { type: "message", items: [{ ...failed, type: "resolved" }] });
    expect(better).toMatchObject({ priority: 3, title: expect.stringMatching(/^Backups of .* work again$/) as string });
  });

  describe("with names in letters of three and four bytes", () => {
    const source = { id: "src_1", name: "\u5099\u4efd\ud83d\udef6".repeat(120) };
    const items = Array.from({ length: 100 }, () => ({ ...failed, source }));

    it("ntfy: as much as it takes in bytes", async () => {
      const config = { type: "ntfy", server: receiver.url, topic: "lifeboat" } as const;
      const text = String((await sent({ config }, { type: "message", items })).json["message"]);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
      expect(Buffer.byteLength(text)).toBeGreaterThan(3000);
      expect(text).toMatch(/\u2026\n\n.*: https:\/\/lifeboat\.example\.org\/?$/);
      expect(text.isWellFormed()).toBe(true);
    });

    it("Teams: as much as it takes in bytes", async () => {
      const { body } = await sent({ config: { type: "teams" } }, { type: "message", items });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28_000);
      expect(Buffer.byteLength(body)).toBeGreaterThan(12_000);
    });
  });

  it("dead-man's switches: start, success and fail of a run under one id", async () => {
    const ping = (signal: "start" | "success" | "fail"): Content => ({
      type: "ping",
      signal,
      runId: "run_0123456789abcdef0123456789abcdef",
    });
    const secrets = { url: `${receiver.url}/ping/uuid/?k=1` };
    for (const signal of ["start", "success", "fail"] as const)
      await sent({ config: { type: "healthchecks", on: "backups" }, secrets }, ping(signal));
    const rid = "k=1&rid=01234567-89ab-cdef-0123-456789abcdef";
    expect(receiver.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /ping/uuid/start?${rid}`,
      `GET /ping/uuid/?${rid}`,
      `GET /ping/uuid/fail?${rid}`,
    ]);
  });
});

describe("a signed webhook", () => {
  const config = { type: "webhook", stateChanges: true } as const;

  it("is verified with the key over timestamp and body, and with nothing else", async () => {
    const secrets = { url: `${receiver.url}/hook`, signingKey: canary };
    const nowSeconds = () => Math.floor(Date.now() / 1_000);
    const secondsBefore = nowSeconds();
    const { headers, body } = await sent({ config, secrets }, event);
    const secondsAfter = nowSeconds();
    const verify = (key: string, text: string) => {
      const expected = `v1=${createHmac("sha256", key)
        .update(`${String(headers["lifeboat-timestamp"])}.${text}`)
        .digest("hex")}`;
      const given = Buffer.from(String(headers["lifeboat-signature"]));
      return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
    };
    expect(verify(canary, body)).toBe(true);
    expect(verify("another key", body)).toBe(false);
    expect(verify(canary, body.replace("failed", "passed"))).toBe(false);
    expect(headers["lifeboat-event"]).toBe("run.failed");
    expect(headers["lifeboat-delivery"]).toBe("dlv_0123456789abcdef0123456789abcdef");
    expect(Number(headers["lifeboat-timestamp"])).toBeGreaterThanOrEqual(secondsBefore);
    expect(Number(headers["lifeboat-timestamp"])).toBeLessThanOrEqual(secondsAfter);
    expect(JSON.parse(body)).toEqual(event.type === "webhook" ? event.body : null);
  });

  it("is not sent without a key", async () => {
    const outcome = await notifier.send(outgoing({ config, secrets: { url: receiver.url } }, event));
    expect(outcome).toMatchObject({ sent: false, error: { code: "channel-incomplete", params: { field: "signingKey" } } });
    expect(receiver.requests).toEqual([]);
  });
});

describe("receivers that misbehave", () => {
  it("hanging ones are given up after the time-out, whether they say nothing or never finish", async () => {
    receiver.answer = () => undefined;
    const startedMs = performance.now();
    expect(await hasty.send(outgoing({}))).toMatchObject({
      sent: false,
      error: { code: "channel-timeout", params: { host: "127.0.0.1" } },
    });
    receiver.answer = (response) => void response.writeHead(200).write("begin");
    expect(await hasty.send(outgoing({}))).toMatchObject({ sent: false, error: { code: "channel-timeout" } });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  it("endless answers are not read to their end", async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = () => response.destroyed || (response.write("x".repeat(65_536)), setImmediate(more));
      more();
    };
    expect(await notifier.send(outgoing({}))).toMatchObject({ sent: true });
  });

  it("redirects are not followed", async () => {
    receiver.answer = (response) => void response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
    expect(await notifier.send(outgoing({}))).toMatchObject({ sent: false, status: 307, error: { code: "channel-refused" } });
    expect(receiver.requests).toHaveLength(1);
  });

  it("what they answer is bounded, in one line, and never echoes the secret", async () => {
    receiver.answer = (response, request) => void response.writeHead(400).end(`no\u001b[31m\n${request.path} ${canary} ${"y".repeat(900)}`);
    const outcome = await notifier.send(outgoing({ secrets: { url: `${receiver.url}/services/${canary}`, token: canary } }));
    if (outcome.sent) throw new Error("it was refused");
    const { detail } = outcome.error.params;
    expect(String(detail)).toMatch(/^no \[31m •••/);
    expect(String(detail).length).toBeLessThanOrEqual(201);
    expect(JSON.stringify(outcome)).not.toContain(canary);
  });

  it("who refuses without a word is told by the name of the status", async () => {
    receiver.answer = (response) => void response.writeHead(404).end();
    expect(await notifier.send(outgoing({}))).toMatchObject({
      error: { code: "channel-refused", params: { status: 404, detail: "Not Found" } },
    });
  });

  it("those that ask for patience get it, within an hour", async () => {
    receiver.answer = (response) => void response.writeHead(429, { "retry-after": "120" }).end();
    expect(await notifier.send(outgoing({}))).toMatchObject({ status: 429, retryAfterMs: 120_000 });
    receiver.answer = (response) => void response.writeHead(503, { "retry-after": "999999" }).end();
    expect(await notifier.send(outgoing({}))).toMatchObject({ status: 503, retryAfterMs: 3_600_000 });
  });

  it("nobody at all is told as unreachable, without the address behind the host", async () => {
    const { url } = receiver;
    await receiver.close();
    const outcome = await notifier.send(outgoing({ secrets: { url: `${url}/${canary}` } }));
    expect(outcome).toMatchObject({ sent: false, error: { code: "channel-unreachable", params: { host: "127.0.0.1" } } });
    expect(JSON.stringify(outcome)).not.toContain(canary);
    receiver = await startHttpReceiver();
  });

  it.each(["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "100.100.100.200"])(
    "link-local and metadata addresses are refused: %s",
    async (host) => {
      const outcome = await notifier.send(outgoing({ secrets: { url: `http://${host}/latest` } }));
      expect(outcome).toMatchObject({ sent: false, error: { code: "address-forbidden" } });
      const email: Outgoing["config"] = {
        type: "email",
        host,
        port: 25,
        security: "none",
        username: "",
        from: "a@example.org",
        to: ["b@example.org"],
      };
      expect(await notifier.send(outgoing({ config: email }))).toMatchObject({ sent: false, error: { code: "address-forbidden" } });
    },
  );
});
