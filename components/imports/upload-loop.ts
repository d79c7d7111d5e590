import type { ImportDto } from "#lib/contracts/imports";
import { ProblemError } from "#lib/http/client";

/** What the loop does with the world; tests put their own in. */
export type UploadWorld = {
  readonly send: (part: { offset: number; end: number }) => Promise<ImportDto>;
  /** What the server has by now. */
  readonly ask: () => Promise<ImportDto>;
  /** Rejects when the file can no longer be read as it was when it was chosen. */
  readonly probe: (offset: number) => Promise<void>;
  /** Milliseconds, or until there is a reason to try at once; rejects on abort. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onProgress: (upload: ImportDto) => void;
  /** A part did not arrive; the next try comes in so many milliseconds. */
  readonly onTrouble: (trouble: { error: unknown; attempt: number; retryMs: number }) => void;
};

/** The file was changed, moved or taken away (a stick, a network drive) since it was chosen. */
export class FileGoneError extends Error {
  override readonly name = "FileGoneError";
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;

/** 1, 2, 4, 8, 15, 15 … seconds. */
export function retryDelayMs(attempt: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
}

/** Where the part that begins at `offset` ends; a file's last one is shorter. */
export function partEnd(offset: number, bytes: number, partBytes: number): number {
  return Math.min(bytes, offset + partBytes);
}

/** Passes by itself: nobody answered, or the server had a trouble of its own. A full disk and a refusal do not. */
function passes(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  return error.code === "web-unreachable" || (error.status >= 500 && error.code !== "no-space");
}

function isOutOfStep(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "import-part-mismatch";
}

/**
 * Sends what is missing of an upload, part after part, and returns it as it is when every byte has arrived. A lost connection is
 * waited out, however long; the server's count says where to go on. Throws what does not pass by itself, `FileGoneError`, and the abort.
 */
export async function uploadRest(start: ImportDto, partBytes: number, world: UploadWorld): Promise<ImportDto> {
  let upload = start;
  let attempt = 0;
  while (upload.state === "uploading") {
    const offset = upload.receivedBytes;
    try {
      upload = await world.send({ offset, end: partEnd(offset, upload.bytes, partBytes) });
      attempt = 0;
    } catch (error) {
      if (!passes(error) && !isOutOfStep(error)) throw error;
      await world.probe(offset);
      attempt += 1;
      // Out of step for the first time means that a part arrived whose answer did not: there is nothing to wait for.
      if (passes(error) || attempt > 1) {
        const retryMs = retryDelayMs(attempt);
        world.onTrouble({ error, attempt, retryMs });
        await world.wait(retryMs);
      }
      upload = await world.ask().catch((asked: unknown) => {
        if (passes(asked)) return upload;
        throw asked;
      });
    }
    world.onProgress(upload);
  }
  return upload;
}
