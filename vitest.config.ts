import { defineConfig } from "vitest/config";

const unitTests = "{lib,components,app,scripts}/**/*.test.{ts,tsx}";
const integrationTests = "{lib,scripts}/**/*.int.test.ts";

export default defineConfig({
  test: {
    // Only `npm test` measures: what unit and int tests reach together (scripts/test/coverage.mjs holds the limit).
    coverage: {
      provider: "v8",
      include: ["lib/{domain,repository,engines}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*-fixture.ts", "**/*-example.ts"],
      reporter: ["json-summary"],
    },
    projects: [
      {
        test: { name: "unit", include: [unitTests], exclude: [integrationTests, "node_modules"], environment: "node", testTimeout: 30_000 },
      },
      {
        test: {
          name: "int",
          include: [integrationTests],
          environment: "node",
          globalSetup: ["lib/testing/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
