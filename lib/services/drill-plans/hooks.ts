import type { DrillHooksDto, getDrillHooks as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadWorkers } from "../system/workers.ts";

/** What the hosts of living workers declare for drills, by name; of two hosts that declare one name, the one heard of last is told. */
export async function getDrillHooks(context: ServiceContext, _input: EndpointInput<typeof contract>): Promise<DrillHooksDto> {
  authorise(context, "drills:read");
  const declared = (await loadWorkers(context.db)).flatMap(({ alive, hooks }) => (alive && hooks !== null ? [hooks] : []));
  const byName = <T extends { name: string }>(items: readonly T[]): T[] => {
    const first = new Map<string, T>();
    for (const item of items) if (!first.has(item.name)) first.set(item.name, item);
    return [...first.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  };
  return {
    commands: byName(declared.flatMap(({ commands }) => commands)),
    applications: byName(declared.flatMap(({ applications }) => applications)),
    problems: [...new Set(declared.flatMap(({ problems }) => problems))],
  };
}
