import { z } from "zod";
import { problem } from "#lib/contracts/common";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpoints } from "#lib/contracts/endpoints";
import { statusOfCategory } from "./problem.ts";

type Json = Record<string, unknown>;

/** OpenAPI 3.1 of `/api/v1`, generated from the contracts: what the routes parse is what it says. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Lifeboat",
      version: "1",
      description: "Backs up PostgreSQL databases and proves that the backups can be restored. Long work answers 202 with a run to follow.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "next-auth.session-token",
          description: "A browser's session; changes need the same origin.",
        },
      },
      schemas: { Problem: schemaOf(problem, "output") },
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;
  return rest;
}

function operationOf(endpoint: Endpoint): Json {
  const body = schemaOf(endpoint.body, "input");
  const hasBody = endpoint.method !== "GET" && Object.keys((body["properties"] as Json | undefined) ?? {}).length > 0;
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.path.split("/")[1]],
    ...(endpoint.permission === "public" ? { security: [] } : { "x-permission": endpoint.permission }),
    parameters: parametersOf(endpoint),
    ...(hasBody ? { requestBody: { required: true, content: { "application/json": { schema: body } } } } : {}),
    responses: responsesOf(endpoint),
  };
}

function parametersOf(endpoint: Endpoint): Json[] {
  const listed = (schema: z.ZodType, place: "path" | "query") => {
    const { properties = {}, required = [] } = schemaOf(schema, "input") as { properties?: Record<string, Json>; required?: string[] };
    return Object.entries(properties).map(([name, shape]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      schema: shape,
    }));
  };
  const header = (name: string, required: boolean, description: string) => ({
    name,
    in: "header",
    required,
    description,
    schema: { type: "string" },
  });
  return [
    ...listed(endpoint.params, "path"),
    ...listed(endpoint.query, "query"),
    ...(endpoint.ifMatch ? [header("If-Match", true, "The `version` that was read last; 412 when it is no longer the current one.")] : []),
    ...(endpoint.method === "POST" && endpoint.status !== 200
      ? [header("Idempotency-Key", false, "A repeated request under the same key gets the first one's answer, for a day.")]
      : []),
    ...(endpoint.id === "downloadBackup" ? [header("Range", false, "One range of bytes; 206 with `Content-Range`.")] : []),
  ];
}

function responsesOf(endpoint: Endpoint): Json {
  const problems = problemStatuses(endpoint).map((status) => [
    status,
    { description: "A problem (RFC 9457).", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
  ]);
  return { [endpoint.status]: successOf(endpoint), ...Object.fromEntries(problems) };
}

function successOf(endpoint: Endpoint): Json {
  if (endpoint.status === 204) return { description: "Done; no content." };
  if (endpoint.id === "downloadBackup") {
    return { description: "The file.", content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } } };
  }
  const json = { "application/json": { schema: schemaOf(endpoint.response, "output") } };
  const events = endpoint.id === "getRunLog" ? { "text/event-stream": { schema: { type: "string" } } } : {};
  return { description: endpoint.summary, content: { ...json, ...events } };
}

/** Statuses that an endpoint may answer with beside its own. */
function problemStatuses(endpoint: Endpoint): number[] {
  const always = ["internal", "unavailable"] as const;
  const signedIn = endpoint.permission === "public" ? [] : (["unauthenticated", "forbidden"] as const);
  const byMethod = endpoint.method === "GET" ? (["invalid"] as const) : (["invalid", "conflict", "too-large", "unprocessable"] as const);
  const byPath = endpoint.path.includes("{") ? (["not-found"] as const) : [];
  const byVersion = endpoint.ifMatch ? (["stale", "precondition-required"] as const) : [];
  const byRange = endpoint.id === "downloadBackup" ? (["range"] as const) : [];
  const categories = [...always, ...signedIn, ...byMethod, ...byPath, ...byVersion, ...byRange];
  return [...new Set(categories.map((category) => statusOfCategory[category]))].sort((a, b) => a - b);
}
