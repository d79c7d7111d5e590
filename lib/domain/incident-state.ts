export const incidentStates = ["open", "closed"] as const;
export type IncidentState = (typeof incidentStates)[number];

export const incidentSeverities = ["low", "medium", "high", "critical"] as const;
export type IncidentSeverity = (typeof incidentSeverities)[number];

export const incidentKinds = ["drill-failed", "backup-failed", "manual"] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** What must be confirmed, or waived with a reason, before an incident can be closed. */
export const incidentChecklist = ["backup-reachable", "restore-tested", "service-working", "integrity-checked", "root-cause"] as const;
export type IncidentItem = (typeof incidentChecklist)[number];

export type IncidentItemState = "open" | "confirmed" | "waived";
