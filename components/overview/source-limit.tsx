/** The overview shows this many sources; the rest is on the list. Server and client ask the same query. */
export const overviewSourcesQuery = { limit: 50 } as const;
