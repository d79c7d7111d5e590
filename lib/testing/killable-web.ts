import { drizzle } from "drizzle-orm/postgres-js";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import postgres from "postgres";
import { endpoints } from "#lib/contracts/endpoints";
import { openCatalogue } from "#lib/db/client";
import { readEnv } from "#lib/env/env";
import type { Handler } from "#lib/http/route";
import { setRuntime, type Runtime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { createCodecPool } from "#lib/repository/codec-pool";
import { createKeyring } from "#lib/secrets/keyring";
import { anonymousActor } from "#lib/auth/identify";
import { signIn } from "#lib/services/people/sign-in";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { createWebServer } from "#lib/web/server";
import { quietLogger } from "./quiet-logger.ts";

/** The web server without Next, in a process that kills itself, with -9, before its n-th question to the catalogue. */
export type KillableWebConfig = { readonly databaseUrl: string; readonly key: string; readonly backupDir: string };

const config = JSON.parse(process.env["LIFEBOAT_TEST_CONFIG"] ?? "{}") as KillableWebConfig;
let asked = 0;
let killAt: number | null = null;
process.on("message", (message: { arm?: number | null; report?: true }) => {
  if (message.arm !== undefined) {
    killAt = message.arm;
    asked = 0;
  }
  process.send?.({ asked });
});
process.on("disconnect", () => process.exit(0));

const opened = openCatalogue(config.databaseUrl, { applicationName: "lifeboat-web", max: 4 });
const client = postgres(config.databaseUrl, { max: 4, onnotice: () => undefined, connection: { TimeZone: "UTC" } });
const logQuery = () => {
  if (asked === killAt) process.kill(process.pid, "SIGKILL");
  asked += 1;
};
const runtime: Runtime = {
  env: readEnv({ LIFEBOAT_URL: "http://127.0.0.1:3210", LIFEBOAT_DATA_DIR: "/nonexistent", BACKUP_DIR: config.backupDir }),
  catalogue: { ...opened, db: drizzle(client, { logger: { logQuery } }) },
  keyring: createKeyring(Buffer.from(config.key, "hex")),
  logger: quietLogger,
  wake: () => Promise.resolve(),
  stopping: new AbortController().signal,
};
setRuntime(runtime);

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of incoming) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** As Next would: finds the route of a path and hands it the request. */
async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1:3210");
  const body = await bodyOf(incoming);
  if (url.pathname === "/sign-in") {
    const context = serviceContext(runtime, anonymousActor, { address: "127.0.0.1", requestId: "test" });
    const { email, password } = JSON.parse(body.toString()) as { email: string; password: string };
    const { sessionId } = await signIn(context, { email, password, userAgent: "test", previousSessionId: null });
    response.end(JSON.stringify({ sessionId }));
    return;
  }
  for (const endpoint of endpoints) {
    const pattern = new RegExp(`^/api/v1${endpoint.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    const match = endpoint.method === incoming.method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const file = join(process.cwd(), "app", "api", "v1", endpoint.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
    const handler = ((await import(file)) as Record<string, Handler>)[endpoint.method];
    const init = {
      method: endpoint.method,
      headers: incoming.headers as Record<string, string>,
      body: body.length > 0 ? body.toString() : null,
    };
    const made = await handler?.(new Request(url, init), { params: Promise.resolve({ ...match.groups }) });
    response.writeHead(made?.status ?? 500).end(await made?.text());
    return;
  }
  response.writeHead(404).end();
}

const storage = createLocalStorage({ root: config.backupDir });
const server = createWebServer(runtime, answer, { storage: () => Promise.resolve(storage), pool: createCodecPool({ threads: 1 }) });
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.({ port: (server.address() as AddressInfo).port });
