import { expect, it } from "vitest";
import { listFingerprints } from "./fingerprints.ts";

it("asks for a table by a name that PostgreSQL can have, which never has a NUL", () => {
  const { query } = listFingerprints;
  expect(query.parse({ table: 'public.Order "1"\t', days: "7" })).toEqual({ table: 'public.Order "1"\t', days: 7 });
  expect(query.safeParse({ table: "public.\u0000" }).success).toBe(false);
  expect(query.safeParse({ table: "\u0000'" }).success).toBe(false);
});
