import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import { call } from "#lib/http/client";

type AnyEndpoint = Endpoint;
export type QueryInput<E extends AnyEndpoint> = { params?: z.input<E["params"]>; query?: z.input<E["query"]> };
type Output<E extends AnyEndpoint> = z.output<E["response"]>;

/** `[endpoint id, params, query]`: the key under which an answer is kept; the endpoint's id alone invalidates all of them. */
export function endpointKey<E extends AnyEndpoint>(endpoint: E, input: QueryInput<E> = {}): readonly [string, unknown, unknown] {
  return [endpoint.id, input.params ?? {}, input.query ?? {}];
}

/** The polling rule of the interface, in milliseconds. */
export const pollWhileRunningMs = 2000;
export const pollIdleMs = 30_000;

/** `queryOptions` of one GET endpoint. `isLive` says whether something in the answer is still running; without it nothing is polled. */
export function endpointQuery<E extends AnyEndpoint>(endpoint: E, input: QueryInput<E> = {}, isLive?: (data: Output<E>) => boolean) {
  return queryOptions({
    queryKey: endpointKey(endpoint, input),
    queryFn: ({ signal }): Promise<Output<E>> => call(endpoint, { ...input, signal }),
    refetchInterval: isLive && (({ state }) => intervalFor(state.data, isLive)),
  });
}

/** The key of a list that is read page by page; it differs from the single page's, because the shape does. */
export function pagesKey<E extends AnyEndpoint>(endpoint: E, query: z.input<E["query"]>) {
  return [...endpointKey(endpoint, { query }), "pages"] as const;
}

type Page = { items: unknown[]; next: string | null; total: number; totalCapped: boolean };

/** The same for a list that is read page by page; the cursor is `after`. */
export function endpointPages<E extends AnyEndpoint & Endpoint<z.ZodType, z.ZodType, z.ZodType, z.ZodType<Page>>>(
  endpoint: E,
  query: z.input<E["query"]>,
  isLive?: (page: Output<E>) => boolean,
) {
  return infiniteQueryOptions({
    queryKey: pagesKey(endpoint, query),
    queryFn: ({ signal, pageParam }): Promise<Output<E>> => {
      const withCursor = pageParam === null ? query : { ...(query as Record<string, unknown>), after: pageParam };
      return call(endpoint, { query: withCursor as z.input<E["query"]>, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Output<E>) => (last as Page).next,
    refetchInterval: isLive && (({ state }) => intervalFor(state.data?.pages[0], isLive)),
  });
}

function intervalFor<T>(data: T | undefined, isLive: (data: T) => boolean): number {
  return data !== undefined && isLive(data) ? pollWhileRunningMs : pollIdleMs;
}
