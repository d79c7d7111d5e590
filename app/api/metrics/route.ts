import { metricsResponse } from "#lib/http/metrics";

export { metricsResponse as GET };
export const dynamic = "force-dynamic";
