import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { endpoints } from "#lib/contracts/endpoints";
import { openApiDocument } from "./openapi.ts";

type Operation = {
  operationId: string;
  responses: Record<string, unknown>;
  parameters: { name: string; in: string }[];
  security?: unknown[];
};
const document = openApiDocument() as { paths: Record<string, Record<string, Operation>> };

describe("the OpenAPI document", () => {
  it("has every endpoint under its path and method", () => {
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => `${operation.operationId} ${method.toUpperCase()} ${path}`),
    );
    expect(found.sort()).toEqual(endpoints.map(({ id, method, path }) => `${id} ${method} ${path}`).sort());
  });

  it("says which operations need no caller, a version or a path parameter", () => {
    const operation = (path: string, method: string) => document.paths[path]?.[method];
    expect(operation("/setup", "get")?.security).toEqual([]);
    expect(operation("/servers", "get")?.security).toBeUndefined();
    expect(operation("/servers/{id}", "patch")?.parameters.map(({ name }) => name)).toEqual(["id", "If-Match"]);
    expect(Object.keys(operation("/servers/{id}", "patch")?.responses ?? {})).toEqual(
      expect.arrayContaining(["200", "401", "403", "404", "412", "428"]) as string[],
    );
  });

  it("is committed as it is generated: run `node scripts/node24.mjs -- scripts/write-openapi.ts`", () => {
    expect(JSON.parse(readFileSync("docs/openapi.json", "utf8"))).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
