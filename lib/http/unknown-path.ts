import { LifeboatError } from "#lib/domain/error";
import { requestIdHeader } from "./client-address.ts";
import { problemResponse } from "./problem.ts";

/** An API path that nothing serves answers in the API's own form, not with the page for people. */
export function unknownApiPath(request: Request): Response {
  const id = new URL(request.url).pathname.slice(0, 200);
  return problemResponse(new LifeboatError("not-found", { entity: "page", id }), request.headers.get(requestIdHeader) ?? "");
}
