import { overviewSourcesQuery } from "../overview/source-limit.tsx";

/** What the guide asks; server and client ask the same, and the sources are those that the overview has anyway. */
export const guideQueries = { servers: { limit: 200 }, sources: overviewSourcesQuery } as const;

/** Set to `dismissed` once somebody wants the overview without the guide; the guide itself stays where it is. */
export const guideCookie = "lifeboat-guide";
