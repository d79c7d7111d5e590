import { uploadPart, type ImportDto } from "#lib/contracts/imports";
import { endpointUrl, ProblemError, toProblem } from "./client.ts";

export type PartRequest = {
  readonly id: string;
  readonly offset: number;
  /** A slice of the file: the browser reads it from the disk as it sends it. */
  readonly part: Blob;
  /** Bytes of this part that are on their way or there. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/**
 * Sends one part of an upload from a browser; `fetch` does not tell how much of a body was sent, so this is the older way. Throws
 * `ProblemError` like `call`, with `web-unreachable` when there was no answer; an abort rejects with the signal's reason.
 */
export function sendPart({ id, offset, part, onSent, signal }: PartRequest): Promise<ImportDto> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportDto>();
  signal.throwIfAborted();
  const request = new XMLHttpRequest();
  const abort = (): void => request.abort();
  const refuse = (status: number, body: unknown, cause?: unknown): void => reject(new ProblemError(toProblem(status, body), { cause }));
  request.open(uploadPart.method, endpointUrl(uploadPart, { params: { id }, query: { offset } }));
  request.responseType = "json";
  request.setRequestHeader("accept", "application/json");
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.addEventListener("progress", ({ loaded }) => onSent(Math.min(loaded, part.size)));
  request.addEventListener("load", () => {
    const answer = uploadPart.response.safeParse(request.response);
    if (request.status === uploadPart.status && answer.success) resolve(answer.data);
    else refuse(request.status, request.response, answer.error);
  });
  request.addEventListener("error", () => refuse(0, null));
  request.addEventListener("timeout", () => refuse(0, null));
  request.addEventListener("abort", () =>
    reject(signal.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError")),
  );
  signal.addEventListener("abort", abort, { once: true });
  request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
  request.send(part);
  return promise;
}
