import { openApiDocument } from "#lib/http/openapi";

/** Public: it describes, it holds nothing. */
export function GET(): Response {
  return Response.json(openApiDocument(), { headers: { "cache-control": "no-cache", "x-content-type-options": "nosniff" } });
}
