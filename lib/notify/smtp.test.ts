import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ChannelConfig } from "#lib/contracts/notifications";
import { startMailServer } from "#lib/testing/receivers";
import { createNotifier } from "./notifier.ts";
import type { MessageItem, Outgoing } from "./port.ts";

const canary = "canary-5up3r-53cr3t-p4ssw0rd";
const folder = mkdtempSync(join(tmpdir(), "lifeboat-smtp-"));
let tls: { key: string; cert: string };
const open: (() => Promise<void>)[] = [];

beforeAll(() => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      ...subject,
      "-keyout",
      key,
      "-out",
      cert,
    ],
    {
      stdio: "ignore",
    },
  );
  tls = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const item: MessageItem = {
  type: "alert",
  code: "backup-missed",
  params: { nominalAt: "2026-11-22T10:00:00.000Z", reason: "not-running" },
  source: { id: "src_1", name: "Tienda\r\nBcc: evil@example.org" },
  at: "2026-11-22T10:05:00.000Z",
  count: 1,
};

async function send(config: Partial<Extract<ChannelConfig, { type: "email" }>>, change: Partial<Outgoing> = {}, timeoutMs = 20_000) {
  const notifier = createNotifier({ publicUrl: "https://lifeboat.example.org", timeoutMs, smtpCa: tls.cert });
  return notifier.send({
    deliveryId: "dlv_0123456789abcdef0123456789abcdef",
    config: {
      type: "email",
      host: "localhost",
      port: 25,
      security: "starttls",
      username: "",
      from: "lifeboat@example.org",
      to: ["one@example.org", "two@example.org"],
      ...config,
    },
    secrets: { password: canary },
    language: "en",
    timeZone: "Europe/Berlin",
    content: { type: "message", items: [item] },
    ...change,
  });
}

async function mailServer(options: Parameters<typeof startMailServer>[0] = {}) {
  const server = await startMailServer({ ...tls, ...options });
  open.push(server.close);
  return server;
}

describe("a mail server", () => {
  it("gets one mail over STARTTLS, signed in, with a name that every try has and no header that somebody's name made", async () => {
    const seen: unknown[] = [];
    const server = await mailServer({
      authOptional: false,
      onAuth: (auth, session, done) => {
        seen.push(auth.username, auth.password, session.secure);
        done(null, { user: auth.username });
      },
    });
    expect(await send({ port: server.port, username: "robot" })).toEqual({ sent: true, status: null });
    expect(seen).toEqual(["robot", canary, true]);
    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail?.to).toEqual(["one@example.org", "two@example.org"]);
    expect(mail?.subject).toBe("A backup of Tienda Bcc: evil@example.org was missed");
    expect(mail?.raw).toMatch(/^Message-ID: <dlv_0123456789abcdef0123456789abcdef@lifeboat\.invalid>\r$/m);
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.raw).not.toMatch(/^Bcc:/m);
    expect(mail?.raw).toContain("It was planned for 22 Nov 2026, 11:00 UTC+01:00");
    expect(mail?.raw).not.toContain(canary);
  });

  it("in the reader's language, accents whole", async () => {
    const server = await mailServer();
    expect(await send({ port: server.port }, { language: "es" })).toMatchObject({ sent: true });
    expect(server.mails[0]?.subject).toBe("No se hizo una copia de Tienda Bcc: evil@example.org");
  });

  it("takes it over TLS from the first byte", async () => {
    const server = await mailServer({ secure: true });
    expect(await send({ port: server.port, security: "tls" })).toMatchObject({ sent: true });
    expect(server.mails).toHaveLength(1);
  });

  it("that does not offer, or refuses, STARTTLS gets neither mail nor password", async () => {
    const seen: unknown[] = [];
    const onAuth: NonNullable<Parameters<typeof startMailServer>[0]>["onAuth"] = (auth, _session, done) => {
      seen.push(auth.password);
      done(null, { user: "robot" });
    };
    const silent = await mailServer({ disabledCommands: ["STARTTLS"], onAuth });
    expect(await send({ port: silent.port, username: "robot" })).toMatchObject({ sent: false });
    expect([silent.mails, seen]).toEqual([[], []]);

    const refusing = await refusingServer();
    const outcome = await send({ port: refusing.port, username: "robot" });
    expect(outcome).toMatchObject({ sent: false });
    expect(refusing.lines.join("\n")).not.toMatch(/AUTH|MAIL FROM/);
  });

  it("whose certificate is somebody else's gets nothing", async () => {
    const server = await mailServer();
    expect(await send({ host: "127.0.0.1", port: server.port })).toMatchObject({ sent: false, error: { code: "channel-unreachable" } });
    expect(server.mails).toEqual([]);
  });

  it("that refuses the password is told with its answer, without the password in any form", async () => {
    const server = await mailServer({
      onAuth: (auth, _session, done) => done(new Error(`535 wrong: ${auth.password ?? ""} ${Buffer.from(canary).toString("base64")}`)),
    });
    const outcome = await send({ port: server.port, username: "robot" });
    expect(outcome).toMatchObject({ sent: false, error: { code: "channel-refused", params: { status: 535 } } });
    expect(JSON.stringify(outcome)).not.toContain(canary);
    expect(JSON.stringify(outcome)).not.toContain(Buffer.from(canary).toString("base64"));
  });

  it("that refuses some of the recipients is told with who they are: the others have it", async () => {
    const server = await mailServer({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith("two") ? done(Object.assign(new Error("no such user here"), { responseCode: 550 })) : done(),
    });
    expect(await send({ port: server.port })).toMatchObject({
      sent: true,
      problem: {
        code: "channel-refused",
        params: { status: 550, detail: expect.stringMatching(/^two@example\.org: .*no such user here/) },
      },
    });
    expect(server.mails.map(({ to }) => to)).toEqual([["one@example.org"]]);
  });

  it("that is down is told as unreachable", async () => {
    const server = await mailServer();
    await server.close();
    open.length = 0;
    expect(await send({ port: server.port })).toMatchObject({
      sent: false,
      error: { code: "channel-unreachable", params: { host: "localhost" } },
    });
  });

  it("that says nothing, or stops in the middle, is given up after the time-out", async () => {
    const startedMs = performance.now();
    for (const answer of ["", "220 hello\r\n"]) {
      const server = createServer((socket) => void socket.on("error", () => undefined).write(answer));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const outcome = await send({ host: "127.0.0.1", port, security: "none" }, {}, 1_000);
      expect(outcome).toMatchObject({ sent: false, error: { code: "channel-timeout", params: { host: "127.0.0.1" } } });
      server.close();
    }
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});

/** Offers STARTTLS and then refuses it, as somebody in between would. */
async function refusingServer() {
  const lines: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 hello\r\n");
    socket.on("data", (data) => {
      const line = data.toString("utf8").trim();
      lines.push(line);
      socket.write(line.startsWith("EHLO") ? "250-hello\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n" : "454 not now\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => new Promise((resolve) => void server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, lines };
}
