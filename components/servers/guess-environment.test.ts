import { describe, expect, it } from "vitest";
import { guessEnvironment } from "./guess-environment.ts";

describe("the first guess of an environment", () => {
  it.each([
    ["shop", "production"],
    ["shop_dev", "development"],
    ["test-shop", "development"],
    ["shop_staging", "staging"],
    ["contest", "production"],
    ["devices", "production"],
  ])("takes %s for %s", (database, environment) => {
    expect(guessEnvironment(database)).toBe(environment);
  });
});
