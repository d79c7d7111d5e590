import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataPaths } from "#lib/supervisor/data-folders";
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

/** A port that nothing listens on, below those that the system hands out to connections: it stays free until Lifeboat is that far. */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = randomInt(11_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("no free port");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
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
    await untilGone(lastToGo(dataDir));
    await endSandboxes(dataDir);
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
  };
  try {
    await waitForOutput(child, () => output, "Lifeboat is ready.");
  } catch (error) {
    await stop().catch((left: unknown) => {
      throw new Error(`${String(error)}\n${String(left)}`, { cause: error });
    });
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

/**
 * What Lifeboat removes by itself when it stops, after its port is free: the catalogue's file of its process, then, as the very last, the supervisor's lock.
 * Its folder cannot be removed before; `rmSync` would end half-way, and without an error, at a file that somebody else removes meanwhile.
 */
function lastToGo(dataDir: string): string[] {
  return [join(dataDir, "catalogue", "postmaster.pid"), dataPaths(dataDir).lockOf(null)];
}

/** Longer than a worker, the sample's server and the catalogue's may take together. */
const goneWithinMs = 180_000;

async function untilGone(paths: readonly string[]): Promise<void> {
  const until = Date.now() + goneWithinMs;
  for (;;) {
    const left = paths.filter((path) => existsSync(path));
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(`three minutes after Lifeboat was asked to stop there is still ${left.join(" and ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** npm may be gone before what it started: the port tells when web is. */
async function untilFree(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await isFree(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`port ${port} is still taken 30 seconds after Lifeboat was asked to stop`);
}
