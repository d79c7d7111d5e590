import { z } from "zod";
import { listBackups } from "./backups.ts";
import { defineEndpoint } from "./endpoint.ts";
import { listRestores } from "./restores.ts";
import { listRuns } from "./runs.ts";
import { listSources } from "./sources.ts";

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** `csv`: a header row and texts that no spreadsheet runs; `json`: an array of what the list answers with. */
const format = z.enum(exportFormats).default("csv");

// The list's own filters without its pages: an export is the whole list.
export const exportSources = defineEndpoint({
  id: "exportSources",
  method: "GET",
  path: "/sources/export",
  summary: "The sources under the list's filters as one file; the export is itself recorded",
  permission: listSources.permission,
  query: listSources.query.omit({ limit: true, after: true }).extend({ format }),
  response: z.string(),
});

export const exportBackups = defineEndpoint({
  id: "exportBackups",
  method: "GET",
  path: "/backups/export",
  summary: "The backups under the list's filters and in its order as one file; the export is itself recorded",
  permission: listBackups.permission,
  query: listBackups.query.omit({ limit: true, after: true }).extend({ format }),
  response: z.string(),
});

export const exportRuns = defineEndpoint({
  id: "exportRuns",
  method: "GET",
  path: "/runs/export",
  summary: "The runs under the list's filters as one file, newest first; the export is itself recorded",
  permission: listRuns.permission,
  query: listRuns.query.omit({ limit: true, after: true }).extend({ format }),
  response: z.string(),
});

export const exportRestores = defineEndpoint({
  id: "exportRestores",
  method: "GET",
  path: "/restores/export",
  summary: "The restores under the list's filters as one file, newest first; the export is itself recorded",
  permission: listRestores.permission,
  query: listRestores.query.omit({ limit: true, after: true }).extend({ format }),
  response: z.string(),
});
