import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { verifyBackup } from "#lib/contracts/backups";
import { getSource } from "#lib/contracts/sources";
import { readCliEnv } from "#lib/env/cli-env";
import { ProblemError } from "#lib/http/client";
import { validateCommand } from "./commands/validate.ts";
import { failureOf } from "./end-with.ts";
import { CommandError } from "./exit-code.ts";
import { followRun } from "./follow-run.ts";
import { Given } from "./options.ts";
import { ask, askPatiently, openSession, type Session, signalAfter } from "./session.ts";
import type { Terminal } from "./terminal.ts";

let folder: string;
let notes: string[];
let printed: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-session-"));
  notes = [];
  printed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const quiet = (): Terminal => ({
  print: (line) => void printed.push(line),
  printJson: (document) => void printed.push(JSON.stringify(document)),
  note: (line) => void notes.push(line),
  progress: () => undefined,
  endProgress: () => undefined,
  isInteractive: false,
});
const given = (values: Record<string, unknown> = {}) => new Given(values, [], null);

function open(source: Record<string, string>, values: Record<string, unknown> = {}) {
  const env = readCliEnv({ HOME: folder, ...source });
  return openSession(given(values), { env, terminal: quiet(), signal: new AbortController().signal });
}

function refusal(work: () => unknown): CommandError {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const canary = "lbt_canary-canary-canary";

describe("who the command line talks to, and as whom", () => {
  it("options win over the environment, the environment over the file, and this machine is the default", () => {
    const token = join(folder, "token");
    writeFileSync(token, `${canary}\n`);
    const config = join(folder, "cli.json");
    writeFileSync(config, JSON.stringify({ url: "https://config.example", tokenFile: token }));
    const fromFile = open({ LIFEBOAT_CONFIG: config });
    expect(fromFile.baseUrl).toBe("https://config.example");
    expect(fromFile.headers["authorization"]).toBe(`Bearer ${canary}`);
    const fromEnv = open({ LIFEBOAT_CONFIG: config, LIFEBOAT_URL: "https://env.example/", LIFEBOAT_TOKEN: "other" });
    expect([fromEnv.baseUrl, fromEnv.headers["authorization"]]).toEqual(["https://env.example", "Bearer other"]);
    const fromOption = open(
      { LIFEBOAT_URL: "https://env.example", LIFEBOAT_TOKEN: "other" },
      { "server-url": "https://o.example", "token-file": token },
    );
    expect([fromOption.baseUrl, fromOption.headers["authorization"]]).toEqual(["https://o.example", `Bearer ${canary}`]);
    expect(open({ LIFEBOAT_TOKEN_FILE: token, PORT: "4000" }).baseUrl).toBe("http://127.0.0.1:4000");
  });

  it("without a token it says how to get one; a file with a token that others may read is not used", () => {
    expect(refusal(() => open({}))).toMatchObject({ exit: 2, message: expect.stringContaining("LIFEBOAT_TOKEN") as unknown });
    const config = join(folder, "cli.json");
    writeFileSync(config, JSON.stringify({ token: canary }));
    chmodSync(config, 0o644);
    const refused = refusal(() => open({ LIFEBOAT_CONFIG: config }));
    expect(refused).toMatchObject({ exit: 2, hint: `chmod 600 ${config}` });
    expect(refused.message).not.toContain(canary);
    chmodSync(config, 0o600);
    expect(open({ LIFEBOAT_CONFIG: config }).headers["authorization"]).toContain(canary);
  });

  it("a file of the installation that this account may not read keeps nobody from asking", () => {
    expect(readCliEnv({ HOME: folder, DATABASE_URL_FILE: join(folder, "secret") }).catalogueUrl).toBeNull();
    expect(() => readCliEnv({ HOME: folder, LIFEBOAT_TOKEN_FILE: join(folder, "secret") })).toThrow("cannot be read (ENOENT)");
  });

  it("files that the environment names are found from where the caller stands, as by any other program", () => {
    const named = { PGPASSFILE: "pass", PGSSLROOTCERT: "ca.pem" };
    const env = readCliEnv({ HOME: folder, LIFEBOAT_CALLER_DIR: "/srv/ops", ...named });
    expect([env.pgPassFile, env.pgRootCert]).toEqual(["/srv/ops/pass", "/srv/ops/ca.pem"]);
    expect(readCliEnv({ HOME: folder, PGSSLROOTCERT: "system" })).toMatchObject({
      pgRootCert: "system",
      pgPassFile: join(folder, ".pgpass"),
    });
  });

  it("a token that would travel unencrypted to another host is pointed out", () => {
    open({ LIFEBOAT_URL: "http://backup.example", LIFEBOAT_TOKEN: canary });
    expect(notes.join()).toContain("without encryption");
    notes = [];
    open({ LIFEBOAT_URL: "http://localhost:3210", LIFEBOAT_TOKEN: canary });
    open({ LIFEBOAT_URL: "https://backup.example", LIFEBOAT_TOKEN: canary });
    expect(notes).toEqual([]);
  });
});

describe("a Lifeboat that stays away", () => {
  const problem = { type: "about:blank", title: "", status: 401, code: "not-signed-in", params: {}, detail: "The token is gone", hint: "" };

  /** A server that answers by `answer`, and a session with it. */
  async function served(answer: RequestListener) {
    const server = createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const session: Session = { ...open({ LIFEBOAT_TOKEN: canary }), baseUrl: `http://127.0.0.1:${port}` };
    const close = async () => {
      server.close();
      await once(server, "close");
    };
    return { session, close };
  }
  const failureIn = async (work: Promise<unknown>) =>
    failureOf(
      await work.then(
        () => "it went well",
        (error: unknown) => error,
      ),
      false,
    );

  it("once something was started is no «nothing was done», and says what was started", async () => {
    const refusing: RequestListener = (_request, response) =>
      void response.writeHead(401, { "content-type": "application/problem+json" }).end(JSON.stringify({ ...problem, requestId: "r" }));
    const { session, close } = await served(refusing);
    expect(await failureIn(followRun(session, "run_7"))).toEqual({
      exit: 1,
      code: "not-signed-in",
      message: "what becomes of run_7 is not known: The token is gone",
      hint: expect.stringContaining(`${session.baseUrl}/runs/run_7`) as unknown,
    });
    // Before that, nothing was.
    expect(await failureIn(askPatiently(session, verifyBackup, { params: { id: "bkp_1" } }))).toMatchObject({ exit: 3 });
    await close();
  });

  it("where a change may have reached it, says so; where no line was there, nothing was done", async () => {
    const { session, close } = await served((request) => request.socket.destroy());
    const change = () => askPatiently(session, verifyBackup, { params: { id: "bkp_1" } }, 0);
    expect(await failureIn(change())).toMatchObject({
      exit: 1,
      code: "web-unreachable",
      hint: expect.stringContaining("before you ask again") as unknown,
    });
    expect(await failureIn(askPatiently(session, getSource, { params: { id: "src_1" } }, 0))).toMatchObject({ exit: 3 });
    await close();
    expect(await failureIn(change())).toMatchObject({ exit: 3, code: "web-unreachable" });
  });
});

describe("an interrupt", () => {
  /** A Lifeboat that answers when it is told to. */
  async function slowLifeboat() {
    const asked: { method: string | undefined; answer: () => void }[] = [];
    const server = createServer((request, response) => {
      asked.push({
        method: request.method,
        answer: () => response.writeHead(409, { "content-type": "application/problem+json" }).end("{}"),
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const stopping = new AbortController();
    const session: Session = { ...open({ LIFEBOAT_TOKEN: canary }), baseUrl: `http://127.0.0.1:${port}`, signal: stopping.signal };
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { session, asked, stop: () => stopping.abort(new Error("interrupted")), close };
  }

  it("waits for the answer to a change that was asked for, and for no other", async () => {
    const { session, asked, stop, close } = await slowLifeboat();
    const reading = ask(session, getSource, { params: { id: "src_1" } });
    const changing = ask(session, verifyBackup, { params: { id: "bkp_1" } });
    await expect.poll(() => asked.length).toBe(2);
    stop();
    await expect(reading).rejects.toThrow("interrupted");
    asked.find(({ method }) => method === "POST")?.answer();
    await expect(changing).rejects.toBeInstanceOf(ProblemError);
    await expect(ask(session, verifyBackup, { params: { id: "bkp_1" } })).rejects.toThrow("interrupted");
    expect(asked).toHaveLength(2);
    close();
  });

  it("ends a command that looks at several things, and looks at no more of them", async () => {
    const { session, asked, stop, close } = await slowLifeboat();
    const validating = validateCommand.run(given(), session);
    await expect.poll(() => asked.length).toBe(1);
    stop();
    await expect(validating).rejects.toThrow("interrupted");
    expect(printed).toEqual([]);
    close();
  });

  it("is over after a while all the same", () => {
    vi.useFakeTimers();
    try {
      const first = new AbortController();
      const { signal } = signalAfter(first.signal, 5_000);
      const forgotten = signalAfter(first.signal, 5_000);
      vi.advanceTimersByTime(60_000);
      expect(signal.aborted).toBe(false);
      first.abort(new Error("interrupted"));
      forgotten.stop();
      vi.advanceTimersByTime(4_999);
      expect(signal.aborted).toBe(false);
      vi.advanceTimersByTime(1);
      expect(signal.reason).toEqual(new Error("interrupted"));
      expect(forgotten.signal.aborted).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
