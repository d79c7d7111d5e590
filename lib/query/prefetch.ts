import "server-only";
import { dehydrate, QueryClient, type DehydratedState } from "@tanstack/react-query";
import { notFound } from "next/navigation";
import type { z } from "zod";
import type { Endpoint, EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import { endpointKey, pagesKey, type QueryInput } from "./endpoint-query.ts";

type Question = { readonly key: readonly unknown[]; readonly load: () => Promise<unknown> };
type Verb<C, E extends Endpoint> = (context: C, input: EndpointInput<E>) => Promise<z.output<E["response"]>>;

/** Asks a verb on the server for what a page's `endpointQuery(endpoint, input)` would ask the API for. */
export function ask<C, E extends Endpoint>(context: C, endpoint: E, verb: Verb<C, E>, input: QueryInput<E> = {}): Question {
  return { key: endpointKey(endpoint, input), load: async () => verb(context, parse(endpoint, input)) };
}

/** The same for the first page of `endpointPages(endpoint, query)`. */
export function askPages<C, E extends Endpoint>(context: C, endpoint: E, verb: Verb<C, E>, query: z.input<E["query"]>): Question {
  const load = async () => ({ pages: [await verb(context, parse(endpoint, { query }))], pageParams: [null] });
  return { key: pagesKey(endpoint, query), load };
}

/**
 * Answers all questions before the page is sent. What is not there makes the page a 404; any other failure leaves its question to
 * the browser, where the page shows what went wrong.
 */
export async function prefetch(...questions: readonly Question[]): Promise<DehydratedState> {
  const client = new QueryClient();
  await Promise.all(
    questions.map(async ({ key, load }) => {
      try {
        client.setQueryData(key, await load());
      } catch (error) {
        if (error instanceof LifeboatError && error.code === "not-found") notFound();
      }
    }),
  );
  return dehydrate(client);
}

function parse<E extends Endpoint>(endpoint: E, { params, query }: QueryInput<E>): EndpointInput<E> {
  const known = endpoint.params.safeParse(params ?? {});
  if (!known.success) throw new LifeboatError("not-found", { entity: endpoint.id, id: "" });
  return {
    params: known.data,
    query: endpoint.query.parse(query ?? {}),
    body: {},
    ifMatch: null,
  } as EndpointInput<E>;
}
