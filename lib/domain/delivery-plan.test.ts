import { describe, expect, it } from "vitest";
import { backOffMs, isFinal, mostAttempts, type OpenDelivery, type PlanningChannel, planSending } from "./delivery-plan.ts";

const now = new Date("2026-11-22T23:30:00.000Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const ahead = (seconds: number) => ago(-seconds);

function delivery(id: string, change: Partial<OpenDelivery> = {}): OpenDelivery {
  const at = ago(60);
  return {
    id,
    kind: "alert",
    severity: "normal",
    state: "pending",
    attempts: 0,
    nextAttemptAt: at,
    createdAt: at,
    uselessAt: null,
    ping: null,
    ...change,
  };
}
const people: PlanningChannel = { enabled: true, gathers: true, quietHours: null, lastSentAt: null, gatherMs: 60_000 };
const machine: PlanningChannel = { ...people, gathers: false };
const night = { from: "22:00", to: "07:00", timeZone: "UTC", exceptUrgent: true };

describe("the next message of a channel", () => {
  it("puts all that waits into one for people, and one thing at a time for machines, in order", () => {
    expect(planSending([delivery("a"), delivery("b")], people, now).take).toEqual(["a", "b"]);
    expect(planSending([delivery("a"), delivery("b")], machine, now).take).toEqual(["a"]);
  });

  it("gathers for a while after the last one", () => {
    expect(planSending([delivery("a")], { ...people, lastSentAt: ago(59) }, now).take).toEqual([]);
    expect(planSending([delivery("a")], { ...people, lastSentAt: ago(60) }, now).take).toEqual(["a"]);
    expect(planSending([delivery("a")], { ...people, lastSentAt: ahead(3_600) }, now).take).toEqual(["a"]);
  });

  it("waits behind one that failed, so that order stays and nobody is knocked at for each", () => {
    const failed = delivery("a", { attempts: 1, nextAttemptAt: ahead(30) });
    expect(planSending([failed, delivery("b")], people, now).take).toEqual([]);
    expect(planSending([failed, delivery("b")], machine, now).take).toEqual([]);
    expect(planSending([{ ...failed, nextAttemptAt: ago(1) }, delivery("b")], people, now).take).toEqual(["a", "b"]);
  });

  it("passes what failed three times, whatever asks for it; single changes only while few are stuck", () => {
    const stuck = (id: string, attempts = 7) => delivery(id, { kind: "event", attempts, nextAttemptAt: ahead(1_860) });
    const urgent = delivery("u", { severity: "urgent" });
    const change = delivery("e", { kind: "event" });
    expect(planSending([stuck("a", 2), urgent], machine, now).take).toEqual([]);
    expect(planSending([stuck("a", 3), urgent], machine, now).take).toEqual(["u"]);
    expect(planSending([stuck("a"), urgent], people, now).take).toEqual(["u"]);
    expect(planSending([stuck("a"), change], machine, now).take).toEqual(["e"]);
    // So many that it is the receiver: the changes behind them keep their tries, what is wrong is told all the same.
    const many = ["a", "b", "c", "d", "f"].map((id) => stuck(id));
    expect(planSending([...many, change], machine, now).take).toEqual([]);
    expect(planSending([...many, change, urgent], machine, now).take).toEqual(["u"]);
  });

  it("holds no ping back behind one that failed, which is dropped when a later one tells how it ended", () => {
    const ping = (id: string, signal: "start" | "success" | "fail", secondsAgo: number, subject = "s1") =>
      delivery(id, { kind: "ping", createdAt: ago(secondsAgo), nextAttemptAt: ago(secondsAgo), ping: { signal, subject } });
    const failed = (one: OpenDelivery): OpenDelivery => ({ ...one, attempts: 1, nextAttemptAt: ahead(30) });
    const success = ping("ok", "success", 10);
    expect(planSending([failed(ping("st", "start", 20)), success], machine, now)).toMatchObject({ take: ["ok"], drop: ["st"] });
    expect(planSending([failed(ping("no", "fail", 20)), success], machine, now)).toMatchObject({ take: ["ok"], drop: ["no"] });
    // Never tried: both go out, in order. A start tells nothing of what ended before; another source has runs of its own.
    expect(planSending([ping("st", "start", 20), success], machine, now)).toMatchObject({ take: ["st"], drop: [] });
    expect(planSending([failed(ping("no", "fail", 20)), ping("st", "start", 10)], machine, now)).toMatchObject({ take: ["st"], drop: [] });
    expect(planSending([failed(ping("no", "fail", 20, "s2")), success], machine, now)).toMatchObject({ take: ["ok"], drop: [] });
  });

  it("is a test before everything else, alone, at night, on a channel that is switched off", () => {
    const channel = { ...people, enabled: false, quietHours: night, lastSentAt: ago(1) };
    const failed = delivery("a", { attempts: 1, nextAttemptAt: ahead(30) });
    expect(planSending([failed, delivery("t", { kind: "test", severity: "info" })], channel, now)).toMatchObject({
      take: ["t"],
      drop: ["a"],
    });
  });

  it("holds words until quiet hours end, but not what is urgent where that is asked, nor machines", () => {
    const until = new Date("2026-11-23T07:00:00.000Z");
    const open = [delivery("a"), delivery("u", { severity: "urgent" }), delivery("r", { kind: "resolved", severity: "info" })];
    const hold = (id: string) => ({ id, until });
    expect(planSending(open, { ...people, quietHours: night }, now)).toMatchObject({ take: ["u"], hold: [hold("a"), hold("r")] });
    const strict = { ...people, quietHours: { ...night, exceptUrgent: false } };
    expect(planSending(open, strict, now)).toMatchObject({ take: [], hold: [hold("a"), hold("u"), hold("r")] });
    expect(planSending(open, { ...machine, quietHours: night }, now)).toMatchObject({ take: ["a"], hold: [] });
    const held = open.map((one) => Object.assign({}, one, { state: "held" as const, nextAttemptAt: until }));
    expect(planSending(held, strict, now)).toMatchObject({ take: [], hold: [] });
    expect(planSending(held, strict, until)).toMatchObject({ take: ["a", "u", "r"] });
  });

  it("drops a sign of life that came too late, and gives up what senders died over", () => {
    const late = delivery("p", { kind: "ping", uselessAt: ago(1) });
    const cursed = delivery("c", { state: "sending", attempts: mostAttempts });
    expect(planSending([late, cursed, delivery("a")], machine, now)).toEqual({ take: ["a"], hold: [], drop: ["p"], giveUp: ["c"] });
  });
});

it("the wait between tries doubles from half a minute to about half an hour", () => {
  expect([1, 2, 3, 7, 8, 20].map((attempt) => backOffMs(attempt) / 1000)).toEqual([30, 60, 120, 1920, 1920, 1920]);
});

it("a refusal is final, but for those that ask for patience", () => {
  const final = [400, 401, 403, 404, 410, 413, 422];
  const passing = [null, 302, 408, 425, 429, 500, 503];
  expect(final.map((status) => isFinal(status))).toEqual(final.map(() => true));
  expect(passing.map((status) => isFinal(status))).toEqual(passing.map(() => false));
});
