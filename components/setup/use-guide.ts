"use client";
import { useQuery } from "@tanstack/react-query";
import { listServersQuery } from "#lib/query/servers";
import { listSourcesQuery } from "#lib/query/sources";
import { guideQueries } from "./guide-queries.tsx";
import { guideState, type GuideState } from "./guide-state.tsx";

/** Where first run stands; undefined until it is known. `error` is that of the question that failed. */
export function useGuide(enabled = true): { state: GuideState | undefined; error: unknown; refetch: () => void } {
  const servers = useQuery({ ...listServersQuery(guideQueries.servers), enabled });
  const sources = useQuery({ ...listSourcesQuery(guideQueries.sources), enabled });
  const all = [servers, sources];
  const state = servers.data && sources.data ? guideState({ servers: servers.data.items, sources: sources.data.items }) : undefined;
  return {
    state,
    error: state === undefined ? all.find(({ error }) => error !== null)?.error : null,
    refetch: () => all.forEach((query) => void query.refetch()),
  };
}
