import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import type { CliEnv } from "#lib/env/cli-env";
import { call, type CallOptions, ProblemError } from "#lib/http/client";
import { rememberSecret } from "#lib/log/redact";
import { CommandError, exitCode, usageError } from "./exit-code.ts";
import type { Given } from "./options.ts";
import { problemText } from "./problem-text.ts";
import { waitFor } from "./wait.ts";
import type { Terminal } from "./terminal.ts";

/** One invocation: whom it talks to, and where it speaks. */
export type Session = {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly env: CliEnv;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly asJson: boolean;
};

const configuration = z.object({ url: z.url().optional(), token: z.string().optional(), tokenFile: z.string().optional() }).strict();

/**
 * Finds the installation and the token: options, then LIFEBOAT_URL and LIFEBOAT_TOKEN(_FILE), then the configuration file. Throws a usage error
 * that says what is missing; never with a value in it.
 */
export function openSession(given: Given, around: { env: CliEnv; terminal: Terminal; signal: AbortSignal }): Session {
  const { env, terminal } = around;
  const config = readConfig(env.configFile);
  const url = given.text("server-url") ?? env.url ?? config.url ?? `http://127.0.0.1:${env.port}`;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw usageError("LIFEBOAT_URL must be an http:// or https:// address");
  const typed = given.text("token-file");
  const token = (typed === undefined ? null : readToken(resolve(env.callerDir, typed))) ?? env.token ?? config.token;
  if (token === null)
    throw usageError(
      "no API token: set LIFEBOAT_TOKEN or LIFEBOAT_TOKEN_FILE",
      `Make one in Lifeboat under Settings, API tokens, or write it into ${env.configFile} (docs/cli.md).`,
    );
  rememberSecret(token);
  const { protocol, hostname } = new URL(url);
  if (protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
    terminal.note(`the token travels to ${hostname} without encryption; use https`);
  return {
    ...around,
    baseUrl: url.replace(/\/+$/, ""),
    headers: { authorization: `Bearer ${token}`, "user-agent": "lifeboat-cli" },
    asJson: given.flag("json"),
  };
}

function readToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw usageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function readConfig(path: string): { url: string | undefined; token: string | null } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { url: undefined, token: null };
  }
  const parsed = configuration.safeParse(parse(text));
  if (!parsed.success) throw usageError(`${path} is not understood: it is JSON with url and token or tokenFile`);
  const { url, token, tokenFile } = parsed.data;
  if (token !== undefined && (statSync(path).mode & 0o077) !== 0)
    throw usageError(`${path} holds a token and others may read it`, `chmod 600 ${path}`);
  return { url, token: token ?? (tokenFile === undefined ? null : readToken(tokenFile)) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Calls one endpoint. Throws `ProblemError`; an interrupted call rejects with the signal's reason. What changes something is not left
 * half asked: its answer is waited for a little longer, so that whoever interrupts is told what goes on without them.
 */
export async function ask<E extends Endpoint>(
  session: Session,
  endpoint: E,
  options: CallOptions<E> = {},
): Promise<z.output<E["response"]>> {
  const { baseUrl, headers } = session;
  const isAsking = endpoint.method === "GET" || options.signal !== undefined;
  if (isAsking) return await call(endpoint, { signal: session.signal, ...options, baseUrl, headers });
  session.signal.throwIfAborted();
  const { signal, stop } = signalAfter(session.signal, answerMs);
  try {
    return await call(endpoint, { ...options, signal, baseUrl, headers });
  } catch (error) {
    if (signal.aborted) session.terminal.note(`Lifeboat was asked and has not answered; what was asked for may go on: ${baseUrl}`);
    throw error;
  } finally {
    stop();
  }
}

/** How long the answer to a change is waited for once somebody has interrupted, in milliseconds. */
const answerMs = 5_000;

/** Aborts so many milliseconds after another signal, for its reason. `stop` lets go of it. */
export function signalAfter(first: AbortSignal, milliseconds: number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => (timer = setTimeout(() => later.abort(first.reason), milliseconds));
  first.addEventListener("abort", wait, { once: true });
  const stop = () => {
    first.removeEventListener("abort", wait);
    clearTimeout(timer);
  };
  return { signal: later.signal, stop };
}

/** How long a Lifeboat that does not answer is waited for while something that it does is followed, in milliseconds. */
const patienceMs = 90_000;

/**
 * The same, for what may be asked again: a Lifeboat that is started anew meanwhile, or a line that breaks, is waited for. Where a change may have
 * reached it and no answer ever came, that is no "nothing was done".
 */
export async function askPatiently<E extends Endpoint>(
  session: Session,
  endpoint: E,
  options: CallOptions<E> = {},
  patience = patienceMs,
): Promise<z.output<E["response"]>> {
  const begun = performance.now();
  let mayHaveReached = false;
  for (let pause = 500; ; pause = Math.min(5_000, pause * 2)) {
    try {
      return await ask(session, endpoint, options);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const isAway = error.code === "web-unreachable" || error.code === "catalogue-unavailable";
      mayHaveReached ||= error.code === "web-unreachable" && endpoint.method !== "GET" && !neverConnected(error);
      if (isAway && mayHaveReached && performance.now() - begun > patience) throw unanswered(session, error);
      if (!isAway || performance.now() - begun > patience) throw error;
      session.terminal.progress("Lifeboat does not answer; trying again …");
      await waitFor(pause, session.signal);
    }
  }
}

/** No line was there at all, so nothing was sent. */
const withoutLine: ReadonlySet<unknown> = new Set(
  "ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN UND_ERR_CONNECT_TIMEOUT".split(" "),
);

function neverConnected({ cause }: Error): boolean {
  const lost = cause instanceof Error ? cause.cause : undefined;
  // Of a host with several addresses each was tried.
  const each: unknown[] = lost instanceof AggregateError ? lost.errors : [lost];
  return each.every((one) => withoutLine.has((one as NodeJS.ErrnoException | undefined)?.code));
}

function unanswered({ baseUrl }: Session, error: ProblemError): CommandError {
  const { message } = problemText(error);
  return failed(
    `Lifeboat was asked and did not answer: ${message}`,
    `What was asked for may have been started; look at ${baseUrl} before you ask again.`,
    error.code,
  );
}

/**
 * What an error means once something was started: it goes on, wherever the asking stopped. The exit code that says "nothing was done" would make a
 * script start it again. `path`: its page, with its id at the end.
 */
export function afterStart(session: Session, path: string, error: unknown): unknown {
  const where = `${session.baseUrl}/${path}`;
  const id = path.slice(path.lastIndexOf("/") + 1);
  if (session.signal.aborted) {
    session.terminal.note(`${id} goes on in Lifeboat; look at ${where}`);
    return error;
  }
  if (!(error instanceof ProblemError)) return error;
  const { message, hint } = problemText(error);
  return failed(`what becomes of ${id} is not known: ${message}`, `It was started; look at ${where}. ${hint}`.trim(), error.code);
}

/** All items of a list, page by page, up to `most`. */
export async function askAll<T>(
  page: (after: string | undefined, limit: number) => Promise<{ items: readonly T[]; next: string | null }>,
  most = 10_000,
): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const found = await page(after, Math.min(200, most - items.length));
    items.push(...found.items);
    after = found.next ?? undefined;
  } while (after !== undefined && items.length < most);
  return items;
}

/** `code`: what Lifeboat calls the reason, where it gave one. */
export function failed(message: string, hint = "", code: string | null = null): CommandError {
  return new CommandError(exitCode.failed, message, hint, code);
}
