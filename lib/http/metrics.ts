import { randomUUID } from "node:crypto";
import { identify } from "#lib/auth/identify";
import { LifeboatError } from "#lib/domain/error";
import { expositionType } from "#lib/domain/prometheus-text";
import { getMetrics } from "#lib/services/metrics/get";
import { addressHeader, requestIdHeader } from "./client-address.ts";
import { answerHeaders, problemResponse, toLifeboatError } from "./problem.ts";
import { getRuntime } from "./runtime.ts";
import { serviceContext } from "./service-context.ts";

/** `GET /api/metrics` for Prometheus: a bearer token whose scopes have `system:read`, or a session. Ages and names are nobody else's business. */
export async function metricsResponse(request: Request): Promise<Response> {
  const runtime = getRuntime();
  const { catalogue, env, keyring, logger } = runtime;
  const requestId = request.headers.get(requestIdHeader) ?? randomUUID();
  try {
    const actor = await identify(request.headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
    if (actor === null) throw new LifeboatError("not-signed-in");
    const text = await getMetrics(serviceContext(runtime, actor, { address: request.headers.get(addressHeader), requestId }));
    return new Response(text, { headers: { ...answerHeaders(requestId), "content-type": expositionType } });
  } catch (error) {
    const failure = toLifeboatError(error);
    const response = problemResponse(failure, requestId);
    const isOurFault = response.status >= 500;
    logger[isOurFault ? "error" : "info"]("metrics refused", {
      requestId,
      status: response.status,
      code: failure.code,
      ...(isOurFault ? { error: failure.cause ?? failure } : {}),
    });
    return response;
  }
}
