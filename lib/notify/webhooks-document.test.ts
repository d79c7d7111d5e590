import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { alertCodes } from "#lib/domain/alert-codes";
import { httpDraft } from "./http-messages.ts";
import type { WebhookBody } from "./port.ts";

const page = readFileSync("docs/webhooks.md", "utf8");
const snippet = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

const key = "whk_documented";
const body: WebhookBody = {
  id: "evt_1",
  type: "run.failed",
  at: "2026-11-22T10:00:00.000Z",
  source: null,
  subject: "run_1",
  payload: { name: "Ñandú “x”" },
};

function request(nowSeconds = Math.floor(Date.now() / 1000)) {
  return httpDraft(
    {
      deliveryId: "dlv_1",
      config: { type: "webhook", stateChanges: true },
      secrets: { url: "https://bot.example.org/", signingKey: key },
      language: "en",
      timeZone: "UTC",
      content: { type: "webhook", body },
    },
    "https://lifeboat.example.org",
    nowSeconds,
  );
}

it("the documented JavaScript takes what Lifeboat signed, and nothing that was changed, recorded or made with another key", async () => {
  const { isFromLifeboat } = (await import(`data:text/javascript,${encodeURIComponent(snippet("js"))}`)) as {
    isFromLifeboat: (headers: Record<string, string>, body: string, key: string) => boolean;
  };
  const { headers, body: sent } = request();
  expect(isFromLifeboat(headers, sent, key)).toBe(true);
  expect(isFromLifeboat(headers, sent.replace("run_1", "run_2"), key)).toBe(false);
  expect(isFromLifeboat(headers, sent, `${key}x`)).toBe(false);
  expect(isFromLifeboat({ ...headers, "lifeboat-timestamp": String(Number(headers["lifeboat-timestamp"]) + 1) }, sent, key)).toBe(false);
  expect(isFromLifeboat({}, sent, key)).toBe(false);
  const old = request(Math.floor(Date.now() / 1000) - 600);
  expect(isFromLifeboat(old.headers, old.body, key)).toBe(false);
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;
it.skipIf(!hasPython)("the documented Python does the same", () => {
  const { headers, body: sent } = request();
  const asked = [
    { headers, body: sent, key },
    { headers, body: `${sent} `, key },
    { headers, body: sent, key: "other" },
    { headers: {}, body: sent, key },
  ];
  const program = `import json, sys\n${snippet("python")}\nprint(json.dumps([is_from_lifeboat(a["headers"], a["body"].encode(), a["key"]) for a in json.load(sys.stdin)]))`;
  const { stdout } = spawnSync("python3", ["-c", program], { input: JSON.stringify(asked), encoding: "utf8" });
  expect(JSON.parse(stdout)).toEqual([true, false, false, false]);
});

it("docs/notifications.md tells of every alert", () => {
  const told = readFileSync("docs/notifications.md", "utf8");
  expect(alertCodes.filter((code) => !told.includes(`\`${code}\``))).toEqual([]);
});
