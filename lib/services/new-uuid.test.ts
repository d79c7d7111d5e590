import { expect, test } from "vitest";
import { newUuid } from "./new-uuid.ts";

test("ids of one millisecond sort in the order in which they were made", () => {
  const made = Array.from({ length: 2_000 }, newUuid);
  const milliseconds = new Set(made.map((uuid) => uuid.slice(0, 13)));
  expect(milliseconds.size).toBeLessThan(made.length / 2);
  expect(made).toEqual([...new Set(made)].toSorted());
  for (const uuid of made) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
