import type { z } from "zod";
import type { Endpoint, EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import type { Entity } from "#lib/domain/ids";
import { InvalidInputError } from "./problem.ts";
import { readJson } from "./request-body.ts";

/** What the `{id}` names that follows a path's first segment. */
export const entityOfSegment: Readonly<Record<string, Entity>> = {
  servers: "server",
  sources: "source",
  backups: "backup",
  runs: "run",
  restores: "restore",
  users: "user",
  tokens: "token",
  me: "session",
  imports: "import",
  chains: "chain",
  drills: "drill",
  incidents: "incident",
  gates: "gate",
  schedules: "schedule",
  policies: "policy",
  channels: "channel",
};

/** The parsed input and the text of the body (for the idempotency key). */
export type ParsedRequest<E extends Endpoint> = { readonly input: EndpointInput<E>; readonly rawBody: string };

/**
 * Parses a request by its endpoint's schemas. An id that cannot be one is `not-found`; the rest throws `invalid-input` with its issues,
 * `invalid-json`, `payload-too-large` or `version-required`.
 */
export async function parseRequest<E extends Endpoint>(endpoint: E, request: Request, pathParams: unknown): Promise<ParsedRequest<E>> {
  const params = endpoint.params.safeParse(pathParams ?? {});
  if (!params.success) throw unknownPath(endpoint, pathParams);
  const { searchParams } = new URL(request.url);
  const query = parsed(endpoint.query, Object.fromEntries(searchParams));
  const ifMatch = endpoint.ifMatch ? versionOf(request.headers.get("if-match")) : null;
  const { value, raw } = endpoint.method === "GET" ? { value: {}, raw: "" } : await readJson(request, endpoint.bodyLimitBytes);
  const body = parsed(endpoint.body, value);
  return { input: { params: params.data, query, body, ifMatch } as EndpointInput<E>, rawBody: raw };
}

function parsed(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })));
}

function unknownPath(endpoint: Endpoint, pathParams: unknown): LifeboatError {
  const entity = entityOfSegment[endpoint.path.split("/")[1] ?? ""] ?? "page";
  const id = (pathParams as { id?: unknown } | null)?.id;
  return new LifeboatError("not-found", { entity, id: typeof id === "string" ? id.slice(0, 100) : "" });
}

/** `"7"`, `W/"7"` or `7`. */
function versionOf(header: string | null): number {
  if (header === null) throw new LifeboatError("version-required");
  const digits = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (digits === undefined) throw new InvalidInputError([{ path: "If-Match", message: 'a version such as "7"' }]);
  return Number(digits);
}
