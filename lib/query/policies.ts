import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import * as contract from "#lib/contracts/policies";
import { call } from "#lib/http/client";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

/** Every policy; there are few. */
export const listPoliciesQuery = () => endpointQuery(contract.listPolicies, { query: { limit: 200 } }, () => false);

export type SimulationInput = z.input<typeof contract.simulateRetention.body>;
export type SimulationDto = z.output<typeof contract.simulateRetention.response>;

/** What a policy would do on a day; worked out anew each time, so it is not polled. */
export const simulateRetentionQuery = (sourceId: string, body: SimulationInput) =>
  queryOptions({
    queryKey: [contract.simulateRetention.id, sourceId, body],
    queryFn: ({ signal }) => call(contract.simulateRetention, { params: { id: sourceId }, body, signal }),
    staleTime: 30_000,
  });

/** The backups that are there and would go on the day of a simulation. */
export const goingOf = ({ decisions }: SimulationDto): SimulationDto["decisions"] =>
  decisions.filter(({ verdict, exists }) => exists && verdict === "trash");

export const listTrashQuery = (query: QueryInput<typeof contract.listTrash>["query"] = {}) =>
  endpointQuery(contract.listTrash, { query }, () => false);

export const listTrashPages = (query: NonNullable<QueryInput<typeof contract.listTrash>["query"]> = {}) =>
  endpointPages(contract.listTrash, query, () => false);
