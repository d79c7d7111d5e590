import "server-only";
import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { LifeboatError } from "#lib/domain/error";
import { isAllowed, type Permission } from "#lib/domain/permissions";
import { addressHeader, pageHeader, requestIdHeader } from "#lib/http/client-address";
import { getRuntime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import type { Actor, ServiceContext } from "#lib/services/context";
import { hasAdmin } from "#lib/services/people/setup-state";
import { identify } from "./identify.ts";

/** Who looks at this page, or null. Asked once per request however many components want to know. */
export const findPageActor = cache(async (): Promise<Actor | null> => {
  const { catalogue, keyring, env } = getRuntime();
  return identify(new Headers(await headers()), { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
});

/** Who looks at this page; nobody is sent to the sign-in page and from there back here (or to set-up, while there is no admin). */
export async function getPageActor(): Promise<Actor> {
  const actor = await findPageActor();
  if (actor !== null) return actor;
  const page = (await headers()).get(pageHeader) ?? "/";
  const signIn = page === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ to: page })}`;
  redirect((await hasAdmin(getRuntime().catalogue.db)) ? signIn : "/setup");
}

/** The first line of every page. Throws `not-allowed` when the person's role lacks `permission`. */
export async function requireActor(permission?: Permission): Promise<Actor> {
  const actor = await getPageActor();
  if (permission !== undefined && !isAllowed(actor.role, actor.scopes, permission)) throw new LifeboatError("not-allowed", { permission });
  return actor;
}

/** What a page hands to the verbs that it prefetches from. */
export async function pageContext(permission?: Permission): Promise<ServiceContext> {
  const actor = await requireActor(permission);
  const sent = await headers();
  return serviceContext(getRuntime(), actor, { address: sent.get(addressHeader), requestId: sent.get(requestIdHeader) });
}
