import { randomUUIDv7 } from "node:crypto";

const mostOfOne = 0xfff;
let last = "";

/**
 * A UUID of version 7 that is greater than those which this process made before it in the same millisecond: its first twelve bits behind the
 * time count on (RFC 9562, 6.2). Node.js fills them with chance, and every second pair of rows of one millisecond stood the wrong way round
 * in lists that are ordered by time and id.
 */
export function newUuid(): string {
  const fresh = randomUUIDv7();
  const time = fresh.slice(0, 13);
  const drawn = Number.parseInt(fresh.slice(15, 18), 16);
  // It begins in the lower half: at least 2,048 fit into one millisecond, and beyond that the next one has to come.
  const count = time === last.slice(0, 13) ? Number.parseInt(last.slice(15, 18), 16) + 1 : drawn >> 1;
  if (count > mostOfOne) return newUuid();
  last = `${time}-7${count.toString(16).padStart(3, "0")}${fresh.slice(18)}`;
  return last;
}
