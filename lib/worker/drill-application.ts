import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";
import { BoundedText } from "#lib/exec/bounded-text";
import { LineReader } from "#lib/exec/line-reader";
import { spawnTool } from "#lib/exec/spawn-tool";
import { drillMark } from "#lib/exec/marked-processes";
import { redactText } from "#lib/log/redact";
import type { HookCopy } from "#lib/services/drills/ports";
import type { DeclaredApplication } from "./drill-hooks-file.ts";

const pollMs = 150;
const lookMs = 5_000;
const mostBodyBytes = 262_144;
const mostOutputBytes = 4_096;

/** Starts an application on a copy and waits until it answers at its address. Throws `application-not-ready` { name, detail }. */
export async function startApplication(
  name: string,
  hook: DeclaredApplication,
  { url, drillId }: HookCopy,
  context: EngineContext,
): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const [file = "", ...args] = hook.command;
  const output = new BoundedText(mostOutputBytes);
  const tool = spawnTool({
    file,
    args,
    cwd: hook.directory,
    env: { ...hook.environment, [hook.urlVariable]: url, [hook.portVariable]: String(port), [drillMark]: drillId },
    // It runs as long as the checks need it; whoever started it ends it.
    timeoutMs: null,
    signal: context.signal,
    onLine: (_, line) => output.add(`${line}\n`),
  });
  const lines = new LineReader(redactText, (line) => output.add(`${line}\n`));
  tool.stdout.on("data", (bytes: Buffer) => lines.write(bytes));
  let ended: string | null = null;
  const done = tool.done.then(
    ({ exitCode, signal }) => (ended = signal === null ? `it ended with exit code ${exitCode}` : `it was ended by ${signal}`),
    (error: unknown) => (ended = (error as Error).message),
  );
  const stop = async () => {
    tool.kill();
    await done;
  };
  const notReady = (detail: string) =>
    new LifeboatError("application-not-ready", { name, detail: `${detail}. ${output.toString()}`.trim().slice(0, 1_500) });
  const untilMs = performance.now() + hook.readySeconds * 1_000;
  try {
    for (;;) {
      context.signal.throwIfAborted();
      if (ended !== null) throw notReady(ended);
      if (await answers(origin, hook.readyPath)) return { origin, stop };
      if (performance.now() > untilMs) throw notReady(`no answer from ${hook.readyPath} after ${hook.readySeconds} seconds`);
      await Promise.race([delay(pollMs), done]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Any answer but an error of the server: some health addresses ask for a sign-in. */
async function answers(origin: string, path: string): Promise<boolean> {
  try {
    const response = await fetch(addressIn(origin, path), { redirect: "manual", signal: AbortSignal.timeout(lookMs) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** One request to a started application. A redirect is an answer like others: it is not followed, wherever it leads. */
export async function requestApplication(
  origin: string,
  order: { method: "GET" | "POST"; path: string; body: string; timeoutMs: number },
  context: EngineContext,
): Promise<{ readonly status: number; readonly body: string }> {
  const url = addressIn(origin, order.path);
  const timeout = AbortSignal.timeout(order.timeoutMs);
  const sent = order.method === "POST" ? { body: order.body, headers: { "content-type": contentType(order.body) } } : {};
  try {
    const signal = AbortSignal.any([context.signal, timeout]);
    const response = await fetch(url, { method: order.method, redirect: "manual", signal, ...sent });
    return { status: response.status, body: await readBounded(response) };
  } catch (error) {
    context.signal.throwIfAborted();
    if (timeout.aborted) throw new LifeboatError("check-timeout", { seconds: Math.round(order.timeoutMs / 1_000) }, { cause: error });
    const cause = (error as { cause?: unknown }).cause;
    const detail = redactText(cause instanceof Error ? cause.message : (error as Error).message).slice(0, 300);
    throw new LifeboatError("check-not-possible", { detail: `${order.path} was not answered: ${detail}` }, { cause: error });
  }
}

/** Never another host, however the path is written. */
function addressIn(origin: string, path: string): URL {
  const url = new URL(path, origin);
  if (url.origin !== origin) throw new LifeboatError("check-not-possible", { detail: "the path leads to another host" });
  return url;
}

function contentType(body: string): string {
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return "application/x-www-form-urlencoded";
  }
}

async function readBounded({ body }: Response): Promise<string> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= mostBodyBytes) break;
  }
  return redactText(Buffer.concat(parts).subarray(0, mostBodyBytes).toString("utf8"));
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject).listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
  });
  return promise;
}
