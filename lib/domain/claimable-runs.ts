/** A queued run. `host`: the one of its server, null where it works on storage alone. */
export type WaitingRun = { readonly id: string; readonly group: string; readonly host: string | null };

export type Room = {
  /** How many more may run: in all, and on hosts that have a number of their own. */
  readonly inAll: number;
  readonly onHost: ReadonlyMap<string, number>;
  /** How many more may run on any other host. */
  readonly onOtherHosts: number;
  /** How many more runs the workers of each group could take now. */
  readonly places: ReadonlyMap<string, number>;
};

/**
 * The runs of a queue, in its order, that a worker of `group` may take under limits, the first one first. What waits longer for another group keeps its place
 * there, where a worker of that group could take it now: else a group with a long queue would take each place that becomes free, as its worker looks first.
 */
export function claimableRuns(queue: readonly WaitingRun[], group: string, room: Room): string[] {
  let inAll = room.inAll;
  const onHost = new Map(room.onHost);
  const places = new Map(room.places);
  const own: string[] = [];
  for (const { id, group: wanted, host } of queue) {
    if (inAll <= 0) break;
    const here = host === null ? Infinity : (onHost.get(host) ?? room.onOtherHosts);
    if (here <= 0) continue;
    if (wanted === group) {
      own.push(id);
      continue;
    }
    const free = places.get(wanted) ?? 0;
    if (free <= 0) continue;
    places.set(wanted, free - 1);
    inAll -= 1;
    if (host !== null) onHost.set(host, here - 1);
  }
  return own;
}
