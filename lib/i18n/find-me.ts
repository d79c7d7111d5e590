import { cache } from "react";
import type { MeDto } from "#lib/contracts/session";

/** The signed-in person of this request, or null. For how pages look, never for what they may show. */
export const findMe = cache((): Promise<MeDto | null> => Promise.resolve(null));
