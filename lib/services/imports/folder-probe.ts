import { z } from "zod";
import { importFormats } from "#lib/domain/import-state";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { startRun } from "../runs/start.ts";

/** What a worker is asked about the folders of its host: what lies in one, or what one file is. Without a path: the roots. */
export const folderQuestion = z.object({ path: z.string().nullable(), isFile: z.boolean() });
export type FolderQuestion = z.infer<typeof folderQuestion>;

const format = z.enum(importFormats).nullable();
const instant = z.iso.datetime();

export const folderAnswer = z.object({
  roots: z.array(z.string()),
  path: z.string().nullable(),
  entries: z.array(
    z.object({ name: z.string(), path: z.string(), type: z.enum(["file", "folder"]), bytes: z.number(), modifiedAt: instant, format }),
  ),
  truncated: z.boolean(),
  /** Of one file that was asked for. */
  file: z.object({ bytes: z.number(), format, takenAt: instant.nullable(), found: z.string() }).nullable(),
});
export type FolderAnswer = z.infer<typeof folderAnswer>;

const timeoutMs = 19_500;

/** Asks a worker of the default group. Throws what stood in its way, `no-worker` and `probe-timeout`. */
export async function askFolder(context: ServiceContext, question: FolderQuestion): Promise<FolderAnswer> {
  if (question.path?.includes("\0") === true) throw new LifeboatError("file-missing", { path: "" });
  const run = await startRun(context.db, context, {
    type: "list-import-folder",
    subject: "import-folder",
    trigger: context.actor.type === "token" ? "api" : "manual",
    input: question,
    steps: ["inspect"],
  });
  await context.wake(run.id, run.workerGroup);
  return folderAnswer.parse(await awaitProbe(context, run.id, { timeoutMs }));
}
