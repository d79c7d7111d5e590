import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { guardedLookup, plainHost, refuseForbidden } from "./reach.ts";

export type HttpMessage = {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the request, whatever it waits for. */
  readonly signal: AbortSignal;
};

export type HttpAnswer = { readonly status: number; readonly retryAfterSeconds: number | null; readonly text: string };

/** Of an answer so much is read; the rest is not waited for. */
const longestAnswer = 4096;

/**
 * One request, without redirects (a receiver must not lead it elsewhere), proxies or kept connections. Throws `address-forbidden`, and what the
 * socket or the signal said.
 */
export async function sendHttp({ url, method, headers, body, signal }: HttpMessage): Promise<HttpAnswer> {
  refuseForbidden(plainHost(url.hostname));
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? tlsRequest : plainRequest;
    const sending = send(
      url,
      { method, headers: { ...headers, "content-length": Buffer.byteLength(body) }, lookup: guardedLookup, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        const finish = () => {
          const retryAfter = Number(response.headers["retry-after"]);
          resolve({
            status: response.statusCode ?? 0,
            retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
            text: Buffer.concat(chunks).subarray(0, longestAnswer).toString("utf8"),
          });
          sending.destroy();
        };
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes >= longestAnswer) finish();
        });
        response.once("end", finish);
        response.once("error", reject);
      },
    );
    const abort = () => {
      reject(signal.reason);
      sending.destroy();
    };
    signal.addEventListener("abort", abort, { once: true });
    sending.once("close", () => signal.removeEventListener("abort", abort));
    sending.once("error", reject);
    sending.end(body);
  });
}
