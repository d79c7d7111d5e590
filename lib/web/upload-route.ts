import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { uploadPart } from "#lib/contracts/imports";
import { LifeboatError } from "#lib/domain/error";
import { answerHeaders, InvalidInputError } from "#lib/http/problem";
import { admit } from "#lib/http/route";
import type { Runtime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { importFolderName, importPath } from "#lib/services/imports/import-file";
import { countPart, expectPart } from "#lib/services/imports/receive-part";
import { writePart } from "#lib/storage/local/part-file";
import { readOut } from "./read-out.ts";

export type UploadRequest = {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: Request;
  readonly id: string;
  readonly address: string;
  readonly requestId: string;
};

/** A client that sends nothing for so long has left; one that sends slowly may take as long as a part can take at 75 kbit/s. */
export const silentMs = 30_000;
export const longestPartMs = 15 * 60_000;

/** Uploads that a part is being written for. One web process serves an installation; the row's own count decides all the same. */
const busy = new Set<string>();

/**
 * Takes one part of an upload: admitted like any request, streamed to the disk, synced, then counted. Throws `import-part-mismatch`
 * { receivedBytes } for any other part than the next one and while another is on its way, `payload-too-large`, `no-space`. A part that
 * does not arrive whole counts as nothing.
 */
export async function serveUpload(
  runtime: Runtime,
  received: UploadRequest,
): Promise<{ status: number; actor: string | null; bytes: number }> {
  const { incoming, response, request, requestId } = received;
  const actor = await admit(uploadPart, request.headers, runtime);
  const { id, offset } = parse(received);
  const context = serviceContext(runtime, actor, { address: received.address, requestId });
  // Before the row is asked: a part that was expected a moment ago must not be written over what was counted since.
  if (busy.has(id)) throw new LifeboatError("import-part-mismatch", { receivedBytes: offset });
  busy.add(id);
  try {
    const { mostBytes } = await expectPart(context, id, offset);
    const announced = Number(request.headers.get("content-length") ?? 0);
    if (announced > mostBytes) throw new LifeboatError("payload-too-large", { limitBytes: mostBytes });
    const path = importPath(join(runtime.env.backupDir, importFolderName), id);
    const chunks = body(incoming, { offset, mostBytes, stopping: runtime.stopping });
    const bytes = await writePart({ path, offset, chunks, neededBytes: announced });
    if (bytes === 0) throw new InvalidInputError([{ path: "", message: "a part has at least one byte" }]);
    const dto = await countPart(context, id, { offset, bytes, path });
    const headers = { ...answerHeaders(requestId), "content-type": "application/json", etag: `"${dto.version}"` };
    response.writeHead(uploadPart.status, headers).end(JSON.stringify(uploadPart.response.parse(dto)));
    return { status: uploadPart.status, actor: actor.id, bytes };
  } catch (error) {
    await readOut(incoming);
    throw error;
  } finally {
    busy.delete(id);
  }
}

function parse({ id, request }: UploadRequest): { id: string; offset: number } {
  const params = uploadPart.params.safeParse({ id });
  if (!params.success) throw new LifeboatError("not-found", { entity: "import", id: id.slice(0, 100) });
  const query = uploadPart.query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success)
    throw new InvalidInputError(query.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })));
  return { id: params.data.id, offset: query.data.offset };
}

/**
 * The body's bytes. A client that leaves before their end, falls silent or is cut off by a stop is `import-part-mismatch`: the next try begins
 * where this one did.
 */
async function* body(
  incoming: IncomingMessage,
  limits: { offset: number; mostBytes: number; stopping: AbortSignal },
): AsyncIterable<Uint8Array> {
  const leave = () => void incoming.destroy();
  let silence = setTimeout(leave, silentMs);
  const whole = setTimeout(leave, longestPartMs);
  limits.stopping.addEventListener("abort", leave, { once: true });
  let bytes = 0;
  try {
    // Not ended by leaving the loop: what is left of a refused part is still read.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      clearTimeout(silence);
      silence = setTimeout(leave, silentMs);
      bytes += chunk.length;
      if (bytes > limits.mostBytes) throw new LifeboatError("payload-too-large", { limitBytes: limits.mostBytes });
      yield chunk;
    }
    if (!incoming.complete) throw new Error("the client left before the end of its part");
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    throw new LifeboatError("import-part-mismatch", { receivedBytes: limits.offset }, { cause: error });
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
    limits.stopping.removeEventListener("abort", leave);
  }
}
