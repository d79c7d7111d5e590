import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { catalogueAddress } from "./catalogue-address.ts";
import { guardTarget, type GuardAsk } from "./guard-target.ts";
import { findPassword, readPassFile } from "./pass-file.ts";
import { productionReason, type ProductionAsk } from "./production.ts";

const ask = (change: Partial<ProductionAsk>): ProductionAsk => ({
  host: "db1",
  port: 5432,
  database: "shop",
  comment: "",
  listed: [],
  ...change,
});

describe("what counts as production", () => {
  it.each([
    [{ database: "shop_prod" }, "named"],
    [{ database: "production" }, "named"],
    [{ host: "prd-db.example.org" }, "named"],
    [{ host: "live.example.org" }, "named"],
    [{ database: "products" }, null],
    [{ database: "reproduction" }, null],
    [{ database: "delivery", host: "olive.example.org" }, null],
    [{ listed: ["shop"] }, "listed"],
    [{ listed: ["db1/shop"] }, "listed"],
    [{ listed: ["db1:5432/sh*"] }, "listed"],
    [{ listed: ["db1:5433/shop", "other", "db2/*"] }, null],
    [{ listed: ["s.op"] }, null],
    [{ comment: "ours; lifeboat:production" }, "marked"],
    [{ database: "shop_prod", comment: "lifeboat:staging" }, null],
    [{ listed: ["*prod"], database: "shop_prod", comment: "lifeboat:staging" }, "listed"],
  ] as const)("%j: %s", (change, reason) => {
    expect(productionReason(ask(change))).toBe(reason);
  });
});

describe("a target", () => {
  const guard = (change: Partial<GuardAsk> & { database?: string; objects?: number }) =>
    guardTarget({
      place: {
        address: { host: "db1", port: 5432, tlsMode: "prefer", tlsCa: "", username: "u", password: null, maintenanceDatabase: "postgres" },
        database: change.database ?? "shop",
      },
      state: { objects: change.objects ?? 0, largest: change.objects === undefined ? [] : ["public.orders"], comment: "" },
      productionDatabases: [],
      confirmed: undefined,
      clean: false,
      ...change,
    });

  it("that is empty and nobody's production is taken", () => {
    expect(() => guard({})).not.toThrow();
  });

  it("that holds something or is production is refused until its own name was typed", () => {
    expect(() => guard({ objects: 3 })).toThrow("shop is not empty: 3 objects, among them public.orders");
    expect(() => guard({ database: "prod" })).toThrow("prod is production");
    expect(() => guard({ objects: 3, confirmed: "shop" })).not.toThrow();
    expect(() => guard({ objects: 3, confirmed: "Shop" })).toThrow("confirmation-mismatch");
    expect(() => guard({ confirmed: "other" })).toThrow("confirmation-mismatch");
  });
});

describe("the pass file", () => {
  const wanted = { host: "db1", port: 5432, database: "shop", username: "ada" };

  it("is read as libpq reads it", () => {
    const text = ["# db1:5432:shop:ada:comment", "db2:*:*:*:other", "db1:5432:shop:ada:p\\:a\\\\s:rest", "*:*:*:*:late"].join("\n");
    expect(findPassword(text, wanted)).toBe("p:a\\s");
    expect(findPassword(text, { ...wanted, port: 5433 })).toBe("late");
    expect(findPassword("a\\:b:1:d:u:pw", { host: "a:b", port: 1, database: "d", username: "u" })).toBe("pw");
    expect(findPassword("", wanted)).toBeNull();
  });

  it("is not used where others may read it", () => {
    const folder = mkdtempSync(join(tmpdir(), "lifeboat-pass-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "pgpass");
    writeFileSync(path, "*:*:*:*:pw\n", { mode: 0o600 });
    const isOpen = vi.fn<() => void>();
    expect(readPassFile(path, wanted, isOpen)).toBe("pw");
    chmodSync(path, 0o640);
    expect(readPassFile(path, wanted, isOpen)).toBeNull();
    expect(isOpen).toHaveBeenCalledOnce();
    expect(readPassFile(join(folder, "none"), wanted, isOpen)).toBeNull();
  });
});

it("where the catalogue lies is read from its URL in the forms that it may have", () => {
  expect(catalogueAddress("postgresql://u:p@[::1]:5433/life%20boat?sslmode=disable")).toEqual({
    host: "::1",
    port: 5433,
    database: "life boat",
  });
  expect(catalogueAddress("postgres://db/lifeboat")).toEqual({ host: "db", port: 5432, database: "lifeboat" });
  expect(catalogueAddress(null)).toBeNull();
});
