import { LifeboatError } from "#lib/domain/error";

/** The largest JSON body that is read, in bytes. */
export const bodyLimitBytes = 1024 * 1024;

/**
 * Reads a JSON body; no body is `{}`. Throws `invalid-json` (also for a body that breaks off, and for another content type: a form of
 * another site cannot send JSON without asking first) and `payload-too-large`.
 */
export async function readJson(request: Request, limitBytes = bodyLimitBytes): Promise<{ value: unknown; raw: string }> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw new LifeboatError("payload-too-large", { limitBytes });
  const raw = await readText(request, limitBytes);
  if (raw === "") return { value: {}, raw };
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new LifeboatError("invalid-json");
  try {
    return { value: JSON.parse(raw) as unknown, raw };
  } catch (cause) {
    throw new LifeboatError("invalid-json", {}, { cause });
  }
}

async function readText(request: Request, limitBytes: number): Promise<string> {
  if (request.body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of request.body) {
      bytes += part.byteLength;
      if (bytes > limitBytes) throw new LifeboatError("payload-too-large", { limitBytes });
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof LifeboatError) throw cause;
    // Whoever asked went away half-way (ECONNRESET): nobody reads the answer, and the log must not take it for a lost catalogue.
    throw new LifeboatError("invalid-json", {}, { cause });
  }
  return Buffer.concat(parts).toString("utf8");
}
