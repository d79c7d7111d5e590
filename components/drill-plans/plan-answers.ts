/** Ids of the endpoints whose answers tell of a plan. */
export const planAnswers = ["getDrillPlan", "listDrillPlans", "listPlaybooks", "getOverview", "getSource", "listSources"] as const;
