import type { Instrumentation } from "next";
import { getRuntime } from "#lib/http/runtime";

/** A page that failed shows a digest only; the reason belongs into the log, under that digest. */
export const onRequestError: Instrumentation.onRequestError = (error, request, context) => {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  getRuntime().logger.error("a page failed", {
    error,
    digest,
    method: request.method,
    path: request.path.split("?")[0],
    route: context.routePath,
  });
};
