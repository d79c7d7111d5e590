import { endpoints } from "#lib/contracts/endpoints";

/** What the server in front of Next decides about a path below `/api`. */
export type ApiMatch =
  | { readonly kind: "next" }
  | { readonly kind: "download" | "upload" | "stale"; readonly id: string }
  | { readonly kind: "unknown" }
  | { readonly kind: "wrong-method"; readonly allow: string };

const prefix = "/api/v1";

/** Paths of the API that are not operations of a contract, with their methods. */
const otherPaths: Readonly<Record<string, readonly string[]>> = {
  "/api/health/live": ["GET"],
  "/api/health/ready": ["GET"],
  "/api/metrics": ["GET"],
  [`${prefix}/openapi.json`]: ["GET"],
};

/** Operations that the server answers itself. */
const servedBeforeNext: Readonly<Record<string, "download" | "upload" | "stale">> = {
  downloadBackup: "download",
  uploadPart: "upload",
  backUpIfStale: "stale",
};

/** The same with a key in them. */
export const publicStatusPath = /^\/api\/status\/[^/]+(?:\/badge\.svg)?$/;

const templates = endpoints.map((endpoint) => ({
  method: endpoint.method,
  served: servedBeforeNext[endpoint.id] ?? null,
  parts: `${prefix}${endpoint.path}`.split("/"),
}));

function fits(parts: readonly string[], template: readonly string[]): boolean {
  return (
    parts.length === template.length &&
    template.every((part, index) => (part.startsWith("{") ? parts[index] !== "" : part === parts[index]))
  );
}

/** Literal paths win over parameters: `/servers/check` is no server's id. */
function literalFirst(parts: readonly string[]) {
  const fitting = templates.filter((template) => fits(parts, template.parts));
  const literal = fitting.filter((template) => !template.parts.some((part) => part.startsWith("{")));
  return literal.length > 0 ? literal : fitting;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Sorts an API request by method and raw path (no query). HEAD goes where GET goes. */
export function matchApiPath(method: string, path: string): ApiMatch {
  if (path.startsWith("/api/auth/")) return { kind: "next" };
  const asked = method === "HEAD" ? "GET" : method;
  const known = publicStatusPath.test(path) ? ["GET"] : Object.hasOwn(otherPaths, path) ? otherPaths[path] : undefined;
  if (known !== undefined) return known.includes(asked) ? { kind: "next" } : { kind: "wrong-method", allow: known.join(", ") };
  const parts = path.split("/");
  const fitting = literalFirst(parts);
  if (fitting.length === 0 || parts.some((part) => decoded(part) === null)) return { kind: "unknown" };
  const match = fitting.find((template) => template.method === asked);
  if (match === undefined) return { kind: "wrong-method", allow: fitting.map((template) => template.method).join(", ") };
  if (match.served === null) return { kind: "next" };
  return { kind: match.served, id: decoded(parts[match.parts.indexOf("{id}")] ?? "") ?? "" };
}
