import { queryOptions } from "@tanstack/react-query";
import * as contract from "#lib/contracts/drills";
import { isDrillOpen } from "#lib/domain/drill-state";
import { call } from "#lib/http/client";
import { endpointQuery } from "./endpoint-query.ts";

/** Asked for every two seconds until the drill is over: whoever else looks at it may press a button at any time. */
export const getDrillQuery = (id: string) => endpointQuery(contract.getDrill, { params: { id } }, ({ state }) => isDrillOpen(state));

type Table = { readonly schema: string; readonly table: string };

/** A page of a table of the restored copy; for null the tables. A worker looks each time, so this is never polled. */
export const browseDrillQuery = (id: string, table: Table | null, offset: number) =>
  queryOptions({
    queryKey: [contract.browseDrill.id, id, table === null ? null : [table.schema, table.table], offset],
    queryFn: ({ signal }) =>
      call(contract.browseDrill, {
        params: { id },
        body: table === null ? {} : { table: { schema: table.schema, table: table.table }, offset },
        signal,
      }),
    staleTime: 30_000,
    retry: false,
  });
