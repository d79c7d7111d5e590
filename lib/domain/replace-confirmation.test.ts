import { describe, expect, it } from "vitest";
import { replaceConfirmation } from "./replace-confirmation.ts";

const said = { typed: "Shop ü", database: "Shop ü", environment: "staging" as const, confirmProduction: false };

describe("replaceConfirmation", () => {
  it("is content with the exact name where it is not production", () => {
    expect(replaceConfirmation(said)).toBeNull();
    expect(replaceConfirmation({ ...said, environment: "development" })).toBeNull();
  });

  it.each(["shop ü", "Shop ü ", " Shop ü", "Shop u", "", "Shop u\u0308", undefined])("refuses %j as another name", (typed) => {
    expect(replaceConfirmation({ ...said, typed })).toEqual({ code: "confirmation-mismatch", params: { expected: "Shop ü" } });
  });

  it.each(["production", null] as const)("asks a second time where the environment is %s", (environment) => {
    expect(replaceConfirmation({ ...said, environment })).toEqual({ code: "confirmation-production", params: { database: "Shop ü" } });
    expect(replaceConfirmation({ ...said, environment, confirmProduction: true })).toBeNull();
  });

  it("asks for the name first: a tick alone replaces nothing", () => {
    expect(replaceConfirmation({ ...said, typed: "shop", environment: "production", confirmProduction: true })?.code).toBe(
      "confirmation-mismatch",
    );
  });
});
