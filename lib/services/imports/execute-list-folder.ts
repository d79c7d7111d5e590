import { reasonOf } from "#lib/domain/error";
import type { ImportFormat } from "#lib/domain/import-state";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { type FolderAnswer, folderQuestion } from "./folder-probe.ts";
import { sniffHandle } from "./sniff-file.ts";

/** Answers what lies in an allowed folder, or what one file is. Reads beginnings and ends of files, and changes nothing. */
export async function executeListFolder(work: RunWork): Promise<void> {
  const { reporter, run, db, lease } = work;
  const question = folderQuestion.parse(run.input);
  const output = await reporter.step("inspect", () =>
    question.isFile ? lookAtFile(work, question.path ?? "") : listFolder(work, question.path),
  );
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await finishRun(tx, lease, { state: "succeeded", output });
  });
}

async function listFolder({ deps, signal }: RunWork, path: string | null): Promise<FolderAnswer> {
  const { roots, list } = deps.imports;
  if (path === null) return { roots: [...roots], path: null, entries: [], truncated: false, file: null };
  const found = await list(path);
  const entries: FolderAnswer["entries"] = [];
  for (const { modifiedAt, ...entry } of found.entries) {
    signal.throwIfAborted();
    const format = entry.type === "file" ? await formatOf(deps.imports, entry.path) : null;
    entries.push({ ...entry, modifiedAt: modifiedAt.toISOString(), format });
  }
  return { roots: [...roots], path: found.path, entries, truncated: found.truncated, file: null };
}

/** A file that cannot be read is listed without a format: taking it will say why. */
async function formatOf(ports: RunWork["deps"]["imports"], path: string): Promise<ImportFormat | null> {
  try {
    const { file } = await ports.open(path);
    try {
      const sniffed = await sniffHandle(file);
      return sniffed.kind === "format" ? sniffed.format : null;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (reasonOf(error).code === "internal") throw error;
    return null;
  }
}

async function lookAtFile({ deps }: RunWork, asked: string): Promise<FolderAnswer> {
  const { roots, open } = deps.imports;
  const { path, file } = await open(asked);
  try {
    const { size } = await file.stat();
    const sniffed = await sniffHandle(file);
    const told =
      sniffed.kind === "format"
        ? { format: sniffed.format, takenAt: sniffed.takenAt?.toISOString() ?? null, found: "" }
        : { format: null, takenAt: null, found: sniffed.found };
    return { roots: [...roots], path, entries: [], truncated: false, file: { bytes: size, ...told } };
  } finally {
    await file.close();
  }
}
