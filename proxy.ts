import { type NextRequest, NextResponse } from "next/server";
import { pageHeader } from "#lib/http/client-address";
import { contentSecurityPolicy } from "#lib/http/content-security-policy";

/**
 * Gives every page a policy with a fresh nonce. Nothing is authorised here: pages and handlers check for themselves, because what stands in
 * front of them can be passed by.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set(pageHeader, request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: ["/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)"] };
