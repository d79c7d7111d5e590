import { cache } from "react";
import { findPageActor } from "#lib/auth/page-session";
import type { MeDto } from "#lib/contracts/session";
import { getRuntime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { getMe } from "#lib/services/people/me";

/**
 * The signed-in person of this request, or null: for how pages look, never for what they may show. While the catalogue does not answer
 * it is null too, because the page that says so still needs a language.
 */
export const findMe = cache(async (): Promise<MeDto | null> => {
  try {
    const actor = await findPageActor();
    return actor === null ? null : await getMe(serviceContext(getRuntime(), actor, { address: null, requestId: null }));
  } catch {
    return null;
  }
});
