import { describe, expect, it } from "vitest";
import type { ChannelDto } from "#lib/contracts/notifications";
import { createChannel, updateChannel } from "#lib/contracts/notifications";
import { channelTypes } from "#lib/domain/alert-codes";
import { type ChannelDraft, draftOf, goesElsewhere, newDraft, secretKindOf, toInput, toPatch } from "./channel-draft.ts";
import { faultsOf } from "./channel-faults.ts";

const fresh = (type: ChannelDraft["type"]) => newDraft(type, { language: "es", timeZone: "Europe/Madrid" });

const filled: ChannelDraft = {
  ...fresh("email"),
  name: " On call ",
  host: "smtp.example.org",
  from: "lifeboat@example.org",
  to: "one@example.org, two@example.org\nthree@example.org",
  username: "lifeboat",
  password: "hush",
};

const stored: ChannelDto = {
  id: `ntc_${"0".repeat(32)}`,
  name: "On call",
  config: {
    type: "email",
    host: "smtp.example.org",
    port: 587,
    security: "starttls",
    username: "lifeboat",
    from: "lifeboat@example.org",
    to: ["one@example.org"],
  },
  secret: { url: false, token: false, password: true },
  host: "smtp.example.org",
  enabled: true,
  alerts: null,
  sourceIds: null,
  language: "en",
  quietHours: null,
  repeatHours: 24,
  lastSentAt: null,
  problem: null,
  pending: 0,
  version: 1,
  createdAt: "2026-11-22T00:00:00.000Z",
};

describe("the draft of a channel", () => {
  it.each(channelTypes)("becomes what the API takes, for %s", (type) => {
    const draft: ChannelDraft = { ...filled, type, url: "https://example.org/x", token: "t", chatId: "7", topic: "lifeboat" };
    expect(faultsOf(draft, null)).toEqual({});
    const body = createChannel.body.parse(toInput(draft));
    expect(body.config.type).toBe(type);
    expect(Object.keys(body.secret)).toEqual([secretKindOf(type).kind]);
  });

  it("reads recipients by comma, space and line", () => {
    expect(toInput(filled).config).toMatchObject({ to: ["one@example.org", "two@example.org", "three@example.org"], port: 587 });
  });

  it("of a stored channel keeps every field and never a secret", () => {
    const quietHours = { from: "23:00", to: "06:30", timeZone: "Europe/Berlin", exceptUrgent: false };
    const patch = toPatch(draftOf({ ...stored, quietHours, alerts: ["backup-failed"] }, "UTC"));
    expect(updateChannel.body.parse(patch)).toEqual({
      name: "On call",
      config: stored.config,
      enabled: true,
      alerts: ["backup-failed"],
      sourceIds: null,
      language: "en",
      quietHours,
      repeatHours: 24,
    });
  });

  it("of a dead-man's switch has neither alerts nor quiet hours", () => {
    const draft = { ...fresh("healthchecks"), name: "hc", url: "https://hc.example.org/1", alerts: [] };
    expect(faultsOf(draft, null)).toEqual({});
    expect(toInput(draft)).toMatchObject({ alerts: null, quietHours: null, repeatHours: null });
  });
});

describe("the secret of a channel", () => {
  it("is kept while the address stays, and asked for again when it changes", () => {
    const draft = draftOf(stored, "UTC");
    expect(goesElsewhere(draft, stored)).toBe(false);
    expect(faultsOf(draft, stored)).toEqual({});
    for (const change of [{ host: "smtp.evil.example" }, { port: "25" }, { security: "none" as const }]) {
      const moved = { ...draft, ...change };
      expect(goesElsewhere(moved, stored)).toBe(true);
      expect(faultsOf(moved, stored)).toEqual({ password: { key: "required" } });
      expect(faultsOf({ ...moved, password: "hush" }, stored)).toEqual({});
    }
  });

  it("is not asked for where none was stored", () => {
    const open = { ...stored, secret: { url: false, token: false, password: false } };
    expect(faultsOf({ ...draftOf(open, "UTC"), host: "other.example.org" }, open)).toEqual({});
  });
});

describe("what keeps a draft from being saved", () => {
  it("is named by its field", () => {
    expect(faultsOf(fresh("email"), null)).toEqual({
      name: { key: "required" },
      host: { key: "required" },
      from: { key: "required" },
      to: { key: "required" },
    });
    expect(faultsOf({ ...filled, to: "one@example.org nobody", port: "0" }, null)).toEqual({
      to: { key: "emailWrong", address: "nobody" },
      port: { key: "portWrong" },
    });
    expect(faultsOf({ ...fresh("slack"), name: "s", url: "hooks.slack.com/x" }, null)).toEqual({ url: { key: "urlWrong" } });
    expect(faultsOf({ ...filled, alerts: [], sourceIds: [], quiet: { ...filled.quiet, on: true, timeZone: "Mars" } }, null)).toEqual({
      alerts: { key: "chooseAlert" },
      sourceIds: { key: "chooseSource" },
      quiet: { key: "quietZoneWrong" },
    });
  });
});
