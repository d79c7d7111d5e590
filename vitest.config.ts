import { defineConfig } from "vitest/config";

const unitTests = "{lib,components,app,scripts}/**/*.test.{ts,tsx}";
const integrationTests = "{lib,scripts}/**/*.int.test.ts";

/**
 * The database client asks for array types when a connection opens; where the session is ended in the middle of that, or its connection, the
 * answer that nobody waits for is rejected. The processes of Lifeboat log it (their `unhandledRejection`), and so it is no failure of a test
 * that ends sessions.
 */
function isTypeQuestion(error: unknown): boolean {
  const { code, query, severity } = error as { code?: unknown; query?: unknown; severity?: unknown };
  const isEnded = severity === "FATAL" || code === "CONNECTION_CLOSED" || code === "CONNECTION_DESTROYED" || code === "ECONNRESET";
  return isEnded && typeof query === "string" && query.includes("pg_catalog.pg_type");
}

export default defineConfig({
  test: {
    onUnhandledError: (error) => (isTypeQuestion(error) ? false : undefined),
    // Only `npm test` measures: what unit and int tests reach together (scripts/test/coverage.mjs holds the limit).
    coverage: {
      provider: "v8",
      include: ["lib/{domain,repository,engines}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*-fixture.ts", "**/*-example.ts"],
      reporter: ["json-summary"],
    },
    projects: [
      {
        test: {
          name: "unit",
          include: [unitTests],
          exclude: [integrationTests, "node_modules"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "int",
          include: [integrationTests],
          environment: "node",
          globalSetup: ["lib/testing/global-setup.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Patience is no bound: a poll says what must come, and a busy machine may take its time. What must be quick is measured by itself.
          expect: { poll: { timeout: 60_000 } },
          maxWorkers: 2,
        },
      },
    ],
  },
});
