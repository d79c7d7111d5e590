/**
 * A page's server half: `<Prefetched answers={[[getOverviewQuery().queryKey, await getOverview(context, input)]]}>…</Prefetched>`. The
 * client half below asks the same query and finds the answer there, so the first paint has data and later ones poll.
 */
import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

export function Prefetched({ answers, children }: { answers: readonly (readonly [readonly unknown[], unknown])[]; children: ReactNode }) {
  const client = new QueryClient();
  for (const [key, answer] of answers) client.setQueryData(key, answer);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
