import * as contract from "#lib/contracts/drill-plans";
import { endpointQuery, type QueryInput } from "./endpoint-query.ts";

export const getDrillPlanQuery = (sourceId: string) =>
  endpointQuery(contract.getDrillPlan, { params: { id: sourceId } }, ({ openDrillId }) => openDrillId !== null);

export const listDrillPlansQuery = (query: QueryInput<typeof contract.listDrillPlans>["query"] = {}) =>
  endpointQuery(contract.listDrillPlans, { query }, ({ items }) => items.some(({ openDrillId }) => openDrillId !== null));

/** Every version of a plan's playbook, newest first. They never change, so they are not polled. */
export const listPlaybooksQuery = (sourceId: string) =>
  endpointQuery(contract.listPlaybooks, { params: { id: sourceId }, query: { limit: 50 } }, () => false);

/** What the hosts declare; asked for when a form needs it, never polled. */
export const getDrillHooksQuery = () => ({ ...endpointQuery(contract.getDrillHooks), staleTime: 10_000 });
