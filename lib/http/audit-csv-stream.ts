import { identify } from "#lib/auth/identify";
import type { exportAuditEvents } from "#lib/contracts/audit";
import { isAllowed } from "#lib/domain/permissions";
import { auditCsv } from "#lib/services/audit/export";
import { attachment } from "./content-disposition.ts";
import { answerHeaders } from "./problem.ts";
import type { StreamRequest } from "./route.ts";

type CsvRequest = StreamRequest<typeof exportAuditEvents>;

/**
 * Sends the audit log as a file, page by page as the client takes it. A client that leaves ends the reading; a session that ends, a fault
 * and a stop of the process break the connection, so that half a file never looks like a whole one.
 */
export function auditCsvStream(request: CsvRequest): Response {
  const { context, input, first, runtime } = request;
  const encoder = new TextEncoder();
  const pieces = auditCsv(context, input.query);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          runtime.stopping.throwIfAborted();
          if (!(await mayStillRead(request))) throw new Error("the caller may no longer read the audit log");
          const { value, done } = await pieces.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          runtime.logger.warn("an export of the audit log ended early", { requestId: context.requestId, error });
          controller.error(error);
        }
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      ...answerHeaders(context.requestId ?? ""),
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": attachment(first),
    },
  });
}

/** An export of an hour must not outlive its session. */
async function mayStillRead({ request, runtime }: CsvRequest): Promise<boolean> {
  const { catalogue, keyring, env } = runtime;
  const actor = await identify(request.headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
  return actor !== null && isAllowed(actor.role, actor.scopes, "audit:read");
}
