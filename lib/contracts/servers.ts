import { z } from "zod";
import { count, idOf, instant, pageOf, pageQuery, postgresName, reason, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

/** TLS modes in libpq's words. `prefer` and below accept an unencrypted connection; `verify-full` proves who answers. */
export const tlsModes = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

const secret = z
  .string()
  .max(1000)
  .regex(/^[^\u0000]*$/u, "no NUL");

/** Without defaults: in zod 4 a default inside an optional field fills it in, and a patch would reset what it left out. */
const fields = {
  name: text(120).min(1),
  host: z.string().trim().min(1).max(255),
  port: z.coerce.number().int().min(1).max(65_535),
  tlsMode: z.enum(tlsModes),
  /** PEM of the certificate authority, for `verify-ca` and `verify-full`. */
  tlsCa: z
    .string()
    .max(100_000)
    .regex(/^[^\u0000]*$/u, "no NUL"),
  username: postgresName,
  /** The database that Lifeboat signs in to for server-wide questions. */
  maintenanceDatabase: postgresName,
  /** A role that may create databases; empty when the backup role does restores too. */
  restoreUsername: postgresName.or(z.literal("")),
  password: secret,
  restorePassword: secret,
  notes: text(2000),
};

export const serverInput = z.object({
  ...fields,
  port: fields.port.default(5432),
  tlsMode: fields.tlsMode.default("prefer"),
  tlsCa: fields.tlsCa.default(""),
  maintenanceDatabase: fields.maintenanceDatabase.default("postgres"),
  restoreUsername: fields.restoreUsername.default(""),
  password: fields.password.default(""),
  restorePassword: fields.restorePassword.default(""),
  notes: fields.notes.default(""),
});
export type ServerInput = z.infer<typeof serverInput>;

/**
 * Fields left out stay. A password that is sent replaces the stored one, an empty one removes it; a stored password never goes
 * to another host, port or role: changing one of them asks for it again.
 */
export const serverPatch = z.strictObject(fields).partial();
export type ServerPatch = z.infer<typeof serverPatch>;

export const server = z.object({
  id: idOf("server"),
  slug: z.string(),
  name: z.string(),
  host: z.string(),
  port: z.number().int(),
  tlsMode: z.enum(tlsModes),
  tlsCa: z.string(),
  username: z.string(),
  hasPassword: z.boolean(),
  maintenanceDatabase: z.string(),
  restoreUsername: z.string(),
  hasRestorePassword: z.boolean(),
  notes: z.string(),
  workerGroup: z.string(),
  /** `server_version` as the server last told it, for example `15.20`; null before the first check. */
  serverVersion: z.string().nullable(),
  lastCheckedAt: instant.nullable(),
  lastError: reason.nullable(),
  sourceCount: count,
  isSample: z.boolean(),
  version: z.number().int(),
  createdAt: instant,
});
export type ServerDto = z.infer<typeof server>;

export const serverDatabase = z.object({
  name: z.string(),
  sizeBytes: count.nullable(),
  owner: z.string(),
  encoding: z.string(),
  /** Set when a source protects it already. */
  sourceId: z.string().nullable(),
  /** Lifeboat's own catalogue is listed and cannot be picked. */
  isCatalogue: z.boolean(),
  connectable: z.boolean(),
});
export type ServerDatabaseDto = z.infer<typeof serverDatabase>;

const byId = z.object({ id: idOf("server") });

export const listServers = defineEndpoint({
  id: "listServers",
  method: "GET",
  path: "/servers",
  summary: "Servers by name",
  permission: "servers:read",
  query: pageQuery.extend({ q: z.string().max(200).optional() }),
  response: pageOf(server),
});

export const createServer = defineEndpoint({
  id: "createServer",
  method: "POST",
  path: "/servers",
  summary: "Add a server",
  permission: "servers:write",
  body: serverInput,
  response: server,
  status: 201,
});

export const getServer = defineEndpoint({
  id: "getServer",
  method: "GET",
  path: "/servers/{id}",
  summary: "One server",
  permission: "servers:read",
  params: byId,
  response: server,
});

export const updateServer = defineEndpoint({
  id: "updateServer",
  method: "PATCH",
  path: "/servers/{id}",
  summary: "Change a server",
  permission: "servers:write",
  params: byId,
  body: serverPatch,
  response: server,
  ifMatch: true,
});

export const deleteServer = defineEndpoint({
  id: "deleteServer",
  method: "DELETE",
  path: "/servers/{id}",
  summary: "Remove a server that no source uses",
  permission: "servers:write",
  params: byId,
  response: z.null(),
  status: 204,
  ifMatch: true,
});

/** The dialect forms of other stacks are understood: `postgresql+psycopg://`, `postgres://`, `jdbc:postgresql://`, `ecto://` … */
export const parseServerUrl = defineEndpoint({
  id: "parseServerUrl",
  method: "POST",
  path: "/servers/parse-url",
  summary: "Split a connection URL into fields; nothing is stored and the password is not echoed",
  permission: "servers:write",
  body: z.object({ url: z.string().min(1).max(4000) }),
  response: z.object({
    host: z.string(),
    port: z.number().int(),
    username: z.string(),
    database: z.string(),
    tlsMode: z.enum(tlsModes),
    hasPassword: z.boolean(),
    ignored: z.array(z.string()),
  }),
});

/**
 * Starts a probe with the steps resolve, connect, tls, sign-in, version, privileges, tools, size, databases. Values left out are
 * taken from the stored server when `serverId` is given.
 */
export const checkServer = defineEndpoint({
  id: "checkServer",
  method: "POST",
  path: "/servers/check",
  summary: "Test a connection step by step; answers with a run whose steps tell the outcome",
  permission: "servers:write",
  body: z.object({ serverId: idOf("server").optional(), connection: serverPatch.omit({ name: true, notes: true }).default({}) }),
  response: runDetail,
  status: 202,
});

export const listServerDatabases = defineEndpoint({
  id: "listServerDatabases",
  method: "GET",
  path: "/servers/{id}/databases",
  summary: "The server's databases as it tells them now (a worker is asked; up to 15 s)",
  permission: "servers:read",
  params: byId,
  response: z.object({ databases: z.array(serverDatabase), serverVersion: z.string() }),
});

export const getBackupRoleSql = defineEndpoint({
  id: "getBackupRoleSql",
  method: "POST",
  path: "/servers/role-sql",
  summary: "The SQL that creates a least-privileged backup role (and, if named, a restore role); it contains no password",
  permission: "servers:read",
  body: z.object({
    username: postgresName,
    restoreUsername: postgresName.or(z.literal("")).default(""),
    databases: z.array(postgresName).max(100).default([]),
  }),
  response: z.object({ sql: z.string() }),
});
