import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endSandboxes } from "#lib/testing/end-sandboxes";

const root = fileURLToPath(new URL("..", import.meta.url));
const startMinutes = 10;

export type StartedLifeboat = {
  url: string;
  dataDir: string;
  adminEmail: string;
  adminPassword: string;
  /** Bearer token of an admin. */
  token: string;
  child: ChildProcess;
  /** Everything that it printed so far. */
  output: () => string;
  /** Stops it as a service manager would, and removes its folder. */
  stop: () => Promise<void>;
};

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Starts a whole Lifeboat from the working tree through `npm run up`, in a folder of its own, and waits until it says that it is ready. */
export async function startLifeboat(options: { args?: string[]; env?: Record<string, string> } = {}): Promise<StartedLifeboat> {
  const dataDir = mkdtempSync(join(tmpdir(), "lifeboat-e2e-"));
  chmodSync(dataDir, 0o711);
  const port = await freePort();
  const adminEmail = "admin@example.org";
  const adminPassword = randomBytes(12).toString("base64url");
  const token = randomBytes(32).toString("hex");
  const child = spawn("npm", ["run", "up", "--", ...(options.args ?? [])], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      LIFEBOAT_DATA_DIR: dataDir,
      BACKUP_DIR: "",
      LIFEBOAT_TEMP_DIR: "",
      DATABASE_URL: "",
      LIFEBOAT_URL: "",
      HOST: "127.0.0.1",
      PORT: String(port),
      LIFEBOAT_ADMIN_EMAIL: adminEmail,
      LIFEBOAT_ADMIN_PASSWORD: adminPassword,
      LIFEBOAT_BOOTSTRAP_TOKEN: token,
      ...options.env,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    await untilFree(port);
    await endSandboxes(dataDir);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
  };
  try {
    await waitForOutput(child, () => output, "Lifeboat is ready.");
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, dataDir, adminEmail, adminPassword, token, child, output: () => output, stop };
}

async function waitForOutput(child: ChildProcess, output: () => string, text: string): Promise<void> {
  const until = Date.now() + startMinutes * 60_000;
  while (!output().includes(text)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Lifeboat ended before it was ready:\n${output()}`);
    if (Date.now() > until) throw new Error(`Lifeboat was not ready in time:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** npm may be gone before what it started: the port tells when web is, and the supervisor's last line when all is. */
async function untilFree(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`port ${port} is still taken 30 seconds after Lifeboat was asked to stop`);
}
