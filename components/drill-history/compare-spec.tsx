export const compareSpec = { left: "text", right: "text" } as const;

/** The drills that can be chosen. Server and client ask the same query. */
export const compareListQuery = { state: "closed", limit: 200 } as const;
