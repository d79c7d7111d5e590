import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getRunLog, type RunLogLineDto } from "#lib/contracts/runs";
import { users } from "#lib/db/schema/users";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { route, type Verb } from "./route.ts";
import { runLogStream } from "./run-log-stream.ts";
import { setRuntime } from "./runtime.ts";

const id = `run_${"0".repeat(32)}`;
let home: TestCatalogue;
let runtime: TestRuntime;
let viewer: TestPerson;
let log: { lines: RunLogLineDto[]; final: boolean };

beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());
beforeEach(async () => {
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  viewer = await signedInPerson(runtime, "viewer");
  log = { lines: [line(1), line(2)], final: false };
});

function line(seq: number): RunLogLineDto {
  return { seq, at: "2026-11-22T00:00:00.000Z", level: "info", text: `line ${seq}\nsecond` };
}

const verb: Verb<typeof getRunLog> = (_context, { query }) => {
  const lines = log.lines.filter(({ seq }) => seq > query.after);
  return Promise.resolve({ lines, next: lines.at(-1)?.seq ?? query.after, final: log.final });
};

async function follow(headers: Record<string, string> = {}) {
  const left = new AbortController();
  const request = new Request(`http://127.0.0.1:3210/api/v1/runs/${id}/log`, {
    headers: { accept: "text/event-stream", cookie: viewer.cookie, ...headers },
    signal: left.signal,
  });
  const response = await route(getRunLog, verb, runLogStream(verb))(request, { params: Promise.resolve({ id }) });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (part: string) => {
    while (!text.includes(part)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended without ${part}: ${text}`);
      text += value;
    }
    return text;
  };
  const rest = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return text;
      text += value;
    }
  };
  return { response, until, rest, leave: () => left.abort() };
}

describe("a run's log as an event stream", () => {
  it("sends a line event a row as they come, and ends with the run", async () => {
    const stream = await follow();
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    await stream.until("id: 2\n");
    log.lines.push(line(3));
    const text = await stream.until("id: 3\n");
    expect(text).toContain(`id: 1\nevent: line\ndata: ${JSON.stringify(line(1))}\n\n`);
    log.final = true;
    expect(await stream.rest()).toMatch(/event: end\ndata: \{\}\n\n$/);
  });

  it("continues after the last event that the client saw", async () => {
    log.final = true;
    const text = await (await follow({ "last-event-id": "1" })).rest();
    expect(text).not.toContain("id: 1\n");
    expect(text).toContain("id: 2\n");
  });

  it("ends when the process stops and when the client leaves", async () => {
    const stopped = await follow();
    await stopped.until("id: 2\n");
    runtime.stop();
    expect(await stopped.rest()).not.toContain("event: end");
    runtime = { ...testRuntime(home.catalogue), keyring: runtime.keyring };
    setRuntime(runtime);
    const left = await follow();
    await left.until("id: 2\n");
    left.leave();
    expect(await left.rest()).not.toContain("event: end");
  });

  it("ends when its reader is disabled", async () => {
    const stream = await follow();
    await stream.until("id: 2\n");
    await home.catalogue.db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, viewer.userId));
    expect(await stream.rest()).not.toContain("event: end");
  });

  it("is a plain answer for everybody else", async () => {
    const request = new Request(`http://127.0.0.1:3210/api/v1/runs/${id}/log`, { headers: { cookie: viewer.cookie } });
    const response = await route(getRunLog, verb, runLogStream(verb))(request, { params: Promise.resolve({ id }) });
    expect(await response.json()).toEqual({ lines: log.lines, next: 2, final: false });
  });
});
