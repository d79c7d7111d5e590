import { expect, test } from "vitest";
import { dependentsOf, removalOrder } from "./removal-order.ts";

const edges = [
  { backupId: "diff", needsId: "full" },
  { backupId: "inc1", needsId: "full" },
  { backupId: "inc2", needsId: "inc1" },
  { backupId: "inc2", needsId: "full" },
  { backupId: "other", needsId: "lost" },
];

test("dependents are found through others, and nothing else is", () => {
  expect([...dependentsOf(["full"], edges)].sort()).toEqual(["diff", "inc1", "inc2"]);
  expect([...dependentsOf(["inc1"], edges)]).toEqual(["inc2"]);
  expect([...dependentsOf(["inc2", "diff"], edges)]).toEqual([]);
});

test("whoever needs another one goes before it, whatever order was given", () => {
  for (const given of [
    ["full", "diff", "inc1", "inc2", "other"],
    ["inc1", "other", "full", "inc2", "diff"],
  ]) {
    const order = removalOrder(given, edges);
    expect(order.toSorted()).toEqual(given.toSorted());
    for (const { backupId, needsId } of edges.filter((edge) => given.includes(edge.needsId))) {
      expect(order.indexOf(backupId)).toBeLessThan(order.indexOf(needsId));
    }
  }
  expect(removalOrder(["full", "inc2"], edges)).toEqual(["inc2", "full"]);
});
