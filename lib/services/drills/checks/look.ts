import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { LifeboatError } from "#lib/domain/error";
import type { ArchiveObjects, CopyFacts, CopyReader, OrphanFacts } from "#lib/engines/copy-port";
import type { FileChecks } from "#lib/engines/file-port";
import type { RunWork } from "../../runs/work.ts";
import { type CopyTargets, findCopy } from "./copy-targets.ts";
import type { CheckOrder } from "./run.ts";

/** Looks at one copy, each of them made once, when the first check asks for it, and shared by all. */
export type Look = {
  readonly targets: () => Promise<CopyTargets>;
  readonly archive: () => Promise<ArchiveObjects>;
  /** The whole copy read once: by far the longest look. */
  readonly copy: () => ReturnType<CopyReader["read"]>;
  readonly facts: () => Promise<CopyFacts>;
  readonly orphans: () => Promise<readonly OrphanFacts[]>;
  readonly indexes: () => ReturnType<CopyReader["indexStructure"]>;
  readonly newest: (column: { schema: string; table: string; column: string }) => Promise<Date | null>;
  readonly fileChecks: () => Promise<FileChecks>;
  readonly fileSha256: () => Promise<string>;
  /** Of the archive that was restored, as it lies in the drill's folder now. */
  readonly streamSha256: () => Promise<string>;
};

/**
 * One long look and one short one at a time: that is as much as two processors carry, and a sandbox has few of them. Nothing is looked at before
 * somebody asks.
 */
export function createLook(work: RunWork, { access, restored }: CheckOrder): Look {
  const { deps, engineContext, reporter, signal } = work;
  const { copies } = deps.drills;
  const inTurn = createTurns();
  const targets = once(() => {
    if (access.type === "file") throw new LifeboatError("check-not-possible", { detail: "the copy is a file" });
    return findCopy(work, access);
  });
  const path = () => {
    if (access.type !== "file") throw new LifeboatError("check-not-possible", { detail: "the copy is no file" });
    return access.path;
  };
  const owner = async () => (await targets()).owner;
  return {
    targets,
    archive: once(() => reporter.step("read-archive", () => copies.archiveObjects(restored.streamPath, engineContext), namedCount)),
    copy: once(async () => {
      const target = await owner();
      return reporter.step(
        "read-copy",
        () => copies.read(target, engineContext),
        ({ tables, tool }) => ({
          ...(tool === undefined ? {} : { tool }),
          tables: tables.length,
          rows: tables.reduce((sum, { rows }) => sum + rows, 0),
        }),
      );
    }),
    facts: once(async () => {
      const target = await owner();
      return inTurn(() =>
        reporter.step(
          "inspect-copy",
          () => copies.inspect(target, engineContext),
          ({ sizeBytes, serverVersion }) => ({ sizeBytes, serverVersion }),
        ),
      );
    }),
    orphans: once(async () => {
      const target = await owner();
      return inTurn(() => copies.orphans(target, engineContext));
    }),
    indexes: once(async () => {
      const target = await owner();
      return inTurn(() => copies.indexStructure(target, engineContext));
    }),
    newest: async (column) => {
      const target = await owner();
      return inTurn(() => copies.newest(target, column, engineContext));
    },
    fileChecks: once(() => inTurn(() => reporter.step("inspect-copy", () => deps.files.check(path(), engineContext)))),
    fileSha256: once(() => reporter.step("read-copy", () => hashFile(path(), signal))),
    streamSha256: once(() =>
      inTurn(() => hashFile(restored.streamPath, signal)).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new LifeboatError("check-not-possible", { detail: (error as Error).message }, { cause: error });
      }),
    ),
  };
}

const namedCount = ({ objects }: ArchiveObjects) => ({ objects: objects.length });

function once<T>(make: () => Promise<T> | T): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= Promise.resolve().then(make));
}

/** Runs what it is given one after the other; what fails keeps nobody waiting. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash, { signal });
  return hash.digest("hex");
}
