import { z } from "zod";
import { auditEvent } from "#lib/contracts/audit";
import { backup, backupTable, validation } from "#lib/contracts/backups";
import { importPartBytes } from "#lib/contracts/imports";
import { actorRef, errorCode, problem, reason } from "#lib/contracts/common";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpoints } from "#lib/contracts/endpoints";
import { oneTimeLink, session, user } from "#lib/contracts/people";
import { restore, tableComparison } from "#lib/contracts/restores";
import { run, runDetail, runLogLine, runProgress, runStep } from "#lib/contracts/runs";
import { server } from "#lib/contracts/servers";
import { me } from "#lib/contracts/session";
import { source } from "#lib/contracts/sources";
import { toolSet, worker } from "#lib/contracts/system";
import { apiToken } from "#lib/contracts/tokens";
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
      responses: {
        Problem: {
          description: "A problem (RFC 9457): `code` and `params` say what happened, `hint` what to do.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      schemas: namedSchemas(),
    },
  };
}

/** Answers that appear in many places are named once, under `components`. */
const namedAnswers = {
  ActorRef: actorRef,
  ApiToken: apiToken,
  AuditEvent: auditEvent,
  Backup: backup,
  BackupTable: backupTable,
  ErrorCode: errorCode,
  Me: me,
  OneTimeLink: oneTimeLink,
  Problem: problem,
  Reason: reason,
  Restore: restore,
  Run: run,
  RunDetail: runDetail,
  RunLogLine: runLogLine,
  RunProgress: runProgress,
  RunStep: runStep,
  Server: server,
  Session: session,
  Source: source,
  TableComparison: tableComparison,
  ToolSet: toolSet,
  User: user,
  Validation: validation,
  Worker: worker,
} satisfies Record<string, z.ZodType>;

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries<z.ZodType>(namedAnswers)) names.add(schema, { id });

function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(names, { io: "output", uri: componentUri, override: withoutDatePattern }) as unknown as {
    schemas: Record<string, Json>;
  };
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]));
}

function componentUri(id: string): string {
  return `#/components/schemas/${id}`;
}

/** `format` says it; zod's pattern for dates is a page long. */
function withoutDatePattern({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

/** Without what OpenAPI says once for the whole document. */
function plain({ $schema: _dialect, $id: _id, $defs: _definitions, ...schema }: Json): Json {
  return schema;
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const metadata = io === "output" ? names : z.registry<{ id: string }>();
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any", metadata, override: withoutDatePattern }) as Json;
  return JSON.parse(JSON.stringify(plain(made)).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

/** The one body that is no JSON. */
const partContent = { "application/octet-stream": { schema: { type: "string", format: "binary", maxLength: importPartBytes } } };

function operationOf(endpoint: Endpoint): Json {
  const body = schemaOf(endpoint.body, "input");
  const hasBody = endpoint.method !== "GET" && Object.keys((body["properties"] as Json | undefined) ?? {}).length > 0;
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.path.split("/")[1]],
    ...(endpoint.permission === "public" ? { security: [] } : { "x-permission": endpoint.permission }),
    parameters: parametersOf(endpoint),
    ...(endpoint.id === "uploadPart" ? { requestBody: { required: true, content: partContent } } : {}),
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
  const problems = problemStatuses(endpoint).map((status) => [status, { $ref: "#/components/responses/Problem" }]);
  return { [endpoint.status]: successOf(endpoint), ...Object.fromEntries(problems) };
}

function successOf(endpoint: Endpoint): Json {
  if (endpoint.status === 204) return { description: "Done; no content." };
  if (endpoint.id === "downloadBackup") {
    return { description: "The file.", content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } } };
  }
  if (endpoint.id === "downloadDrillReport") return reportFile;
  if (endpoint.id.startsWith("export")) return exportedFile(endpoint);
  const json = { "application/json": { schema: schemaOf(endpoint.response, "output") } };
  const events = endpoint.id === "getRunLog" ? { "text/event-stream": { schema: { type: "string" } } } : {};
  return { description: endpoint.summary, content: { ...json, ...events } };
}

const binary = { schema: { type: "string", format: "binary" } };
const reportFile: Json = {
  description: "The file.",
  content: {
    "application/pdf": binary,
    "text/markdown": { schema: { type: "string" } },
    "application/json": { schema: { type: "object" } },
  },
};

function exportedFile({ query }: Endpoint): Json {
  const text = { schema: { type: "string" } };
  const hasFormats = query instanceof z.ZodObject && "format" in query.shape;
  return {
    description: "The file.",
    content: { "text/csv": text, ...(hasFormats ? { "application/json": { schema: { type: "array" } } } : {}) },
  };
}

/** Statuses that an endpoint may answer with beside its own. */
function problemStatuses(endpoint: Endpoint): number[] {
  const always = ["internal", "unavailable"] as const;
  const signedIn = endpoint.permission === "public" ? [] : (["unauthenticated", "forbidden"] as const);
  const byMethod = endpoint.method === "GET" ? (["invalid"] as const) : (["invalid", "conflict", "too-large", "unprocessable"] as const);
  const byPath = endpoint.path.includes("{") ? (["not-found"] as const) : [];
  const byVersion = endpoint.ifMatch ? (["stale", "precondition-required"] as const) : [];
  const byRange = endpoint.id === "downloadBackup" ? (["range"] as const) : [];
  const isGuessable = (endpoint.permission === "public" && endpoint.method !== "GET") || endpoint.id === "changeMyPassword";
  const byGuessing = isGuessable ? (["forbidden", "too-many"] as const) : [];
  const categories = [...always, ...signedIn, ...byGuessing, ...byMethod, ...byPath, ...byVersion, ...byRange];
  return [...new Set(categories.map((category) => statusOfCategory[category]))].sort((a, b) => a - b);
}
