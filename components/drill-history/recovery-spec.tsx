export const recoverySpec = { source: "text" } as const;
