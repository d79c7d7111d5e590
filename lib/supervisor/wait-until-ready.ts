import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "./start-error.ts";

const readyMs = 90_000;
const tooManyCrashes = 3;

/** The address at which this machine reaches a server that listens on `host`. */
export function localAddress(host: string, port: number): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Waits until the web process says that it is ready. Throws `StartError` when it keeps ending or takes longer than 90 s. */
export async function waitUntilReady(options: {
  address: string;
  crashes: () => number;
  signal: AbortSignal;
  logHint: string;
}): Promise<void> {
  const until = Date.now() + readyMs;
  while (!(await isReady(`${options.address}/api/health/ready`))) {
    if (options.crashes() >= tooManyCrashes) throw new StartError(`The web process keeps ending. ${options.logHint}`);
    if (Date.now() > until) throw new StartError(`The web process did not become ready within ${readyMs / 1000} s. ${options.logHint}`);
    await delay(200, undefined, { signal: options.signal });
  }
}
