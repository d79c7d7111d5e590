import NextAuth from "next-auth";
import { authOptions } from "#lib/auth/options";
import { requestIdHeader } from "#lib/http/client-address";
import { problemResponse, toLifeboatError } from "#lib/http/problem";
import { getRuntime } from "#lib/http/runtime";
import { requireSameOrigin } from "#lib/http/same-origin";

type NextAuthHandler = (
  request: Request,
  context: { params: Promise<unknown> },
  options: ReturnType<typeof authOptions>,
) => Promise<Response>;

async function handle(request: Request, context: { params: Promise<unknown> }): Promise<Response> {
  const runtime = getRuntime();
  try {
    // next-auth asks for its own token as well; this holds for every way in.
    if (request.method !== "GET") requireSameOrigin(request.headers, runtime.env.publicUrl, true);
    const response = await (NextAuth as unknown as NextAuthHandler)(request, context, authOptions(runtime, request.headers));
    response.headers.set("cache-control", "private, no-store");
    response.headers.set("x-content-type-options", "nosniff");
    return response;
  } catch (error) {
    const failure = toLifeboatError(error);
    if (failure.code === "internal") runtime.logger.error("next-auth failed", { error });
    return problemResponse(failure, request.headers.get(requestIdHeader) ?? "");
  }
}

export { handle as GET, handle as POST };
