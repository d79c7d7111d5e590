import { z } from "zod";
import type { Permission } from "../domain/permissions.ts";

const nothing = z.object({});

/**
 * One operation of the HTTP API: the one source of its types, of the route's parsing, of the typed client and of the OpenAPI
 * entry. `path` is relative to `/api/v1` with `{name}` for parameters.
 */
export type Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> = {
  readonly id: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly summary: string;
  /** `public` operations identify nobody; everything else names what it takes. */
  readonly permission: Permission | "public";
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly response: R;
  readonly status: 200 | 201 | 202 | 204;
  /** The row has a `version`; the request must carry it in `If-Match`. */
  readonly ifMatch: boolean;
  /** The largest body that is read; left out: as for every other operation. */
  readonly bodyLimitBytes?: number;
};

/** What a verb gets: the request, parsed by its endpoint. `ifMatch` is the version from `If-Match`, null where the endpoint asks for none. */
export type EndpointInput<E extends Endpoint> = {
  readonly params: z.output<E["params"]>;
  readonly query: z.output<E["query"]>;
  readonly body: z.output<E["body"]>;
  readonly ifMatch: number | null;
};

/** What a verb answers with, before the edge serialises it. */
export type EndpointOutput<E extends Endpoint> = z.output<E["response"]>;

type Definition<P, Q, B, R> = {
  id: string;
  method: Endpoint["method"];
  path: string;
  summary: string;
  permission: Endpoint["permission"];
  response: R;
  params?: P;
  query?: Q;
  body?: B;
  status?: Endpoint["status"];
  ifMatch?: boolean;
  bodyLimitBytes?: number;
};

/** Fills in what a definition leaves out: no parameters, no query, no body, 200, no `If-Match`. */
export function defineEndpoint<
  R extends z.ZodType,
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = typeof nothing,
>(definition: Definition<P, Q, B, R>): Endpoint<P, Q, B, R> {
  return {
    status: 200,
    ifMatch: false,
    ...definition,
    params: (definition.params ?? nothing) as P,
    query: (definition.query ?? nothing) as Q,
    body: (definition.body ?? nothing) as B,
  };
}
