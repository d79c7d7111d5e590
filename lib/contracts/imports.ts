import { z } from "zod";
import { importFormats, importStates } from "../domain/import-state.ts";
import { actorRef, count, idOf, instant, pageOf, pageQuery, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

/** Length of a part, in bytes; the last one may be shorter. */
export const importPartBytes = 8 * 1024 * 1024;

export const imported = z.object({
  id: idOf("import"),
  origin: z.enum(["upload", "folder"]),
  state: z.enum(importStates),
  fileName: z.string(),
  path: z.string().nullable(),
  bytes: count,
  receivedBytes: count,
  /** Detected from the content; null until enough of it is there, or when it is nothing that can be imported. */
  format: z.enum(importFormats).nullable(),
  /** The time that the file itself tells. */
  takenAt: instant.nullable(),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  runId: z.string().nullable(),
  backupId: z.string().nullable(),
  error: reason.nullable(),
  createdBy: actorRef,
  createdAt: instant,
  version: z.number().int(),
});
export type ImportDto = z.infer<typeof imported>;

const byId = z.object({ id: idOf("import") });
/** As people call the file: shown, never used as a path. */
const fileName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\u0000]*$/u, "no NUL");

export const listImports = defineEndpoint({
  id: "listImports",
  method: "GET",
  path: "/imports",
  summary: "Files from elsewhere, newest first",
  permission: "backups:read",
  query: pageQuery,
  response: pageOf(imported),
});

export const getImport = defineEndpoint({
  id: "getImport",
  method: "GET",
  path: "/imports/{id}",
  summary: "One import; receivedBytes says where an interrupted upload goes on",
  permission: "backups:read",
  params: byId,
  response: imported,
});

export const createUpload = defineEndpoint({
  id: "createUpload",
  method: "POST",
  path: "/imports",
  summary: "Announce a file; its parts follow. The name is only shown, never used as a path",
  permission: "backups:import",
  body: z.object({ fileName, bytes: count.min(1) }),
  response: imported,
  status: 201,
});

/** Served by the web server itself, streamed to disk; described here for clients and OpenAPI. */
export const uploadPart = defineEndpoint({
  id: "uploadPart",
  method: "POST",
  path: "/imports/{id}/parts",
  summary: "The bytes from `offset` on, at most 8 MiB; 409 with receivedBytes when another part is next",
  permission: "backups:import",
  params: byId,
  query: z.object({ offset: z.coerce.number().int().min(0) }),
  response: imported,
});

export const listImportFolder = defineEndpoint({
  id: "listImportFolder",
  method: "GET",
  path: "/import-folder",
  summary: "Files in the folders that the host's configuration allows to import from, with what each is (a worker is asked)",
  permission: "backups:import",
  query: z.object({ path: z.string().max(4096).optional() }),
  response: z.object({
    /** The allowed folders; empty means that none is configured. */
    roots: z.array(z.string()),
    path: z.string().nullable(),
    entries: z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        type: z.enum(["file", "folder"]),
        bytes: count,
        modifiedAt: instant,
        format: z.enum(importFormats).nullable(),
      }),
    ),
    truncated: z.boolean(),
  }),
});

export const importFromFolder = defineEndpoint({
  id: "importFromFolder",
  method: "POST",
  path: "/import-folder",
  summary: "Take a file of an allowed folder; it is read, never changed",
  permission: "backups:import",
  body: z.object({ path: z.string().min(1).max(4096) }),
  response: imported,
  status: 201,
});

export const startImport = defineEndpoint({
  id: "startImport",
  method: "POST",
  path: "/imports/{id}/start",
  summary: "Make the file a backup of a source (kind full, origin imported); 409 when its engine is another",
  permission: "backups:import",
  params: byId,
  body: z.object({
    sourceId: idOf("source"),
    /** Asked for where the file does not tell; else it overrides what the file tells. */
    takenAt: instant.optional(),
  }),
  response: runDetail,
  status: 202,
});

export const deleteImport = defineEndpoint({
  id: "deleteImport",
  method: "DELETE",
  path: "/imports/{id}",
  summary: "Forget an import and its uploaded bytes; a backup made from it and a folder's file stay",
  permission: "backups:import",
  params: byId,
  response: z.null(),
  status: 204,
});
