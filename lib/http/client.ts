import type { z } from "zod";
import { type Problem, problem as problemSchema } from "#lib/contracts/common";
import type { Endpoint } from "#lib/contracts/endpoint";
import type { ErrorCode, Params } from "#lib/domain/error";

/** What a caller gives: params, query and body as the endpoint's schemas take them. */
export type CallOptions<E extends Endpoint> = {
  params?: z.input<E["params"]>;
  query?: z.input<E["query"]>;
  body?: z.input<E["body"]>;
  /** The row's version; needed where `endpoint.ifMatch`. */
  ifMatch?: number;
  /** One key per intent: a repeated request under it gets the first one's answer. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** For callers outside the browser: where Lifeboat is, and headers such as `Authorization`. */
  baseUrl?: string;
  headers?: Readonly<Record<string, string>>;
};

/** An answer that was not a success. `code` and `params` are what a page renders in the reader's language. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem, options: { cause?: unknown } = {}) {
    super(problem.detail || problem.code, options);
    this.problem = problem;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }

  get params(): Params {
    return this.problem.params;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The URL of an endpoint, relative to the origin: `/api/v1/…?…`. For links such as downloads, too. */
export function endpointUrl<E extends Endpoint>(endpoint: E, options: Pick<CallOptions<E>, "params" | "query"> = {}): string {
  const params = (options.params ?? {}) as Record<string, string>;
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(params[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries<string | number | boolean | null | undefined>(options.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const search = query.toString();
  return `/api/v1${path}${search === "" ? "" : `?${search}`}`;
}

/**
 * Calls one endpoint and parses its answer. Throws `ProblemError` for every answer that is not a success, with the code
 * `web-unreachable` when there was none; an aborted call rejects with the signal's reason.
 */
export async function call<E extends Endpoint>(endpoint: E, options: CallOptions<E> = {}): Promise<z.output<E["response"]>> {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (options.ifMatch !== undefined) headers["if-match"] = `"${options.ifMatch}"`;
  if (options.idempotencyKey !== undefined) headers["idempotency-key"] = options.idempotencyKey;
  const hasBody = options.body !== undefined && endpoint.method !== "GET";
  if (hasBody) headers["content-type"] = "application/json";
  const response = await answerOf(`${options.baseUrl ?? ""}${endpointUrl(endpoint, options)}`, {
    method: endpoint.method,
    headers,
    body: hasBody ? JSON.stringify(options.body) : null,
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal: options.signal ?? null,
  });
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return endpoint.response.parse(response.status === 204 ? null : await response.json()) as z.output<E["response"]>;
}

async function answerOf(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ProblemError(madeUp("web-unreachable", 503), { cause });
  }
}

async function problemOf(response: Response): Promise<Problem> {
  return toProblem(response.status, await response.json().catch(() => null));
}

/** The problem that an answer of this status tells; 0 is no answer at all. What tells none (a proxy's page) becomes one. */
export function toProblem(status: number, body: unknown): Problem {
  const parsed = problemSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  return status === 0 || status === 502 || status === 503 ? madeUp("web-unreachable", status || 503) : madeUp("internal", status);
}

function madeUp(code: ErrorCode, status: number): Problem {
  return { type: "about:blank", title: code, status, code, params: {}, detail: "", hint: "", requestId: "" };
}
