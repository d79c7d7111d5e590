import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { durationBuckets, exposedNames, type MetricDefinition, metricDefinitions } from "./domain/metric-names.ts";

const read = (name: string) => readFileSync(join(process.cwd(), "docs", name), "utf8");
const dashboard = read("monitoring/grafana-dashboard.json");
const rules = read("monitoring/alerts.yml");
const named = (text: string) => [...new Set(text.match(/\blifeboat_[a-z_]+/g))];
const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions;
const baseOf = (name: string) => (Object.hasOwn(definitions, name) ? name : name.replace(/_(bucket|sum|count)$/, ""));

/** `metric{label=…, label=~…}` in a query. */
function selectors(text: string): { metric: string; labels: string[] }[] {
  return [...text.matchAll(/\b(lifeboat_[a-z_]+)\{([^}]*)\}/g)].map(([, metric = "", inside = ""]) => ({
    metric,
    labels: [...inside.matchAll(/([a-z]+)\s*(?:=~|!~|!=|=)/g)].map((found) => found[1] ?? ""),
  }));
}

describe("the dashboard and the alert rules", () => {
  const expressions = (JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] }).panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr),
  );

  it("ask for metrics that a scrape gives, and for most of them", () => {
    expect(named(expressions.join("\n")).filter((name) => !exposedNames().has(name))).toEqual([]);
    expect(named(rules).filter((name) => !exposedNames().has(name))).toEqual([]);
    const asked = new Set(named(`${dashboard}\n${rules}`).map(baseOf));
    const unasked = Object.keys(definitions).filter((name) => !asked.has(name));
    expect(unasked).toEqual([
      "lifeboat_sources",
      "lifeboat_source_next_backup_timestamp_seconds",
      "lifeboat_source_open_alerts",
      "lifeboat_slots",
      "lifeboat_worker_heartbeat_age_seconds",
      "lifeboat_scrape_seconds",
    ]);
  });

  it("select by labels that these metrics have", () => {
    const found = selectors(`${expressions.join("\n")}\n${rules}`);
    expect(found.length).toBeGreaterThan(10);
    const foreign = found.filter(({ metric, labels }) =>
      labels.some((label) => ![...(definitions[baseOf(metric)]?.labels ?? []), "le"].includes(label)),
    );
    expect(foreign).toEqual([]);
  });

  it("have a case for promtool each", () => {
    const names = (text: string, key: string) => [...text.matchAll(new RegExp(`${key}: (Lifeboat\\w+)`, "g"))].map(([, name]) => name);
    const cases = new Set(names(read("monitoring/alerts-test.yml"), "alertname"));
    expect(names(rules, "alert").filter((name) => !cases.has(name))).toEqual([]);
    expect(cases.size).toBeGreaterThan(10);
  });

  it("fire this check when a name is wrong", () => {
    expect(named("sum(lifeboat_source_backup_age)").filter((name) => !exposedNames().has(name))).toEqual(["lifeboat_source_backup_age"]);
  });
});

describe("docs/metrics.md", () => {
  it("has one line for each metric, as it is defined, and no others", () => {
    const lines = read("metrics.md")
      .split("\n")
      .filter((line) => line.startsWith("| `lifeboat_"))
      .map((line) => line.replaceAll(/ +/g, " "));
    const expected = Object.entries(definitions).map(
      ([name, { type, help, labels }]) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
    );
    expect(lines).toEqual(expected.map((line) => line.replaceAll(/ +/g, " ")));
  });
});

it("buckets of durations rise", () => {
  expect([...durationBuckets].toSorted((left, right) => left - right)).toEqual([...durationBuckets]);
});
