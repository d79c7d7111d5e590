import { identify } from "#lib/auth/identify";
import type { Endpoint } from "#lib/contracts/endpoint";
import type { ExportFormat } from "#lib/contracts/exports";
import { isAllowed } from "#lib/domain/permissions";
import type { ServiceContext } from "#lib/services/context";
import { attachment } from "./content-disposition.ts";
import { answerHeaders } from "./problem.ts";
import type { StreamRequest } from "./route.ts";

const contentTypes: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json; charset=utf-8",
};

/** An endpoint whose verb answers with the name of the file. */
type Export = Endpoint & { readonly response: { readonly _output: string } };
type ExportRequest<E extends Export> = StreamRequest<E> & { readonly first: string };

/**
 * Sends a list as a file, page by page as the client takes it. A client that leaves ends the reading; a session that ends, a fault and a
 * stop of the process break the connection, so that half a file never looks like a whole one.
 */
export function exportStream<E extends Export>(
  endpoint: E,
  format: (input: ExportRequest<E>["input"]) => ExportFormat,
  pieces: (context: ServiceContext, input: ExportRequest<E>["input"]) => AsyncGenerator<string, void>,
): (request: ExportRequest<E>) => Response {
  return (asked) => {
    const { context, input, first, runtime } = asked;
    const encoder = new TextEncoder();
    const rows = pieces(context, input);
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            runtime.stopping.throwIfAborted();
            if (!(await mayStillRead(endpoint, asked))) throw new Error("the caller may no longer read the list");
            const { value, done } = await rows.next();
            if (done === true) controller.close();
            else controller.enqueue(encoder.encode(value));
          } catch (error) {
            runtime.logger.warn("an export ended early", { operation: endpoint.id, requestId: context.requestId, error });
            controller.error(error);
          }
        },
        async cancel() {
          await rows.return();
        },
      },
      { highWaterMark: 1 },
    );
    return new Response(body, {
      headers: {
        ...answerHeaders(context.requestId ?? ""),
        "content-type": contentTypes[format(input)],
        "content-disposition": attachment(first),
      },
    });
  };
}

/** An export of an hour must not outlive its session. */
async function mayStillRead<E extends Export>({ permission }: E, { request, runtime }: ExportRequest<E>): Promise<boolean> {
  if (permission === "public") return true;
  const { catalogue, keyring, env } = runtime;
  const actor = await identify(request.headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
  return actor !== null && isAllowed(actor.role, actor.scopes, permission);
}
