import { expect, it } from "vitest";
import { decide, type KnownToken } from "./freshness.ts";

const now = Date.parse("2026-11-22T12:00:00.000Z");
const token: KnownToken = {
  actor: { type: "token", id: "tok_1", name: "deploy", role: "admin", scopes: null, sessionId: null },
  expiresAtMs: Infinity,
  touchedAtMs: now,
  touchedAddress: null,
};

it.each([
  ["an hour old", -3_600_000, "fresh"],
  ["older than asked for", -86_400_000, "stale"],
  ["of a clock that is a little ahead", 600_000, "fresh"],
  ["of a clock that is ten years ahead", 10 * 365 * 86_400_000, "stale"],
])("a backup %s", (_what, ahead, kind) => {
  const memory = { tokens: new Map([["hash", token]]), sources: new Map([["src_1", { lastGoodAtMs: now + ahead }]]) };
  expect(decide(memory, { tokenHash: "hash", sourceId: "src_1", maxAgeSeconds: 86_400 }, now)).toMatchObject({ kind });
});
