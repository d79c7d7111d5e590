import { durationBuckets, type MetricDefinition, metricDefinitions, type MetricName } from "./metric-names.ts";

/** Label values in the order of the definition, and the value. */
export type Sample = readonly [labels: readonly string[], value: number];

/** Seconds of many runs: how many fell into each bucket (the last one has no upper bound), and their sum. */
export type Distribution = { readonly labels: readonly string[]; readonly counts: readonly number[]; readonly sum: number };

export type Family =
  | { readonly name: Exclude<MetricName, HistogramName>; readonly samples: readonly Sample[] }
  | { readonly name: HistogramName; readonly distributions: readonly Distribution[] };

type HistogramName = { [Name in MetricName]: (typeof metricDefinitions)[Name]["type"] extends "histogram" ? Name : never }[MetricName];

/** What the answer is called, by the text format's own specification. */
export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The text format of Prometheus, version 0.0.4: HELP and TYPE before each family's samples, label values with backslash, quote and line
 * feed escaped. Families without samples are left out. Source: prometheus.io, "Exposition formats".
 */
export function writeExposition(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const family of families) {
    const definition: MetricDefinition = metricDefinitions[family.name];
    const body = "samples" in family ? sampleLines(family.name, definition, family.samples) : histogramLines(family, definition);
    if (body.length === 0) continue;
    lines.push(`# HELP ${family.name} ${escapeHelp(definition.help)}`, `# TYPE ${family.name} ${definition.type}`);
    for (const line of body) lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}

function sampleLines(name: string, { labels }: MetricDefinition, samples: readonly Sample[]): string[] {
  return samples.map(([values, value]) => `${name}${labelSet(labels, values)} ${numberText(value)}`);
}

function histogramLines(
  { name, distributions }: { readonly name: HistogramName; readonly distributions: readonly Distribution[] },
  definition: MetricDefinition,
): string[] {
  return distributions.flatMap(({ labels, counts, sum }) => {
    const own = labelSet(definition.labels, labels);
    let reached = 0;
    const buckets = [...durationBuckets, Number.POSITIVE_INFINITY].map((bound, index) => {
      reached += counts[index] ?? 0;
      return `${name}_bucket${labelSet([...definition.labels, "le"], [...labels, numberText(bound)])} ${reached}`;
    });
    return [...buckets, `${name}_sum${own} ${numberText(sum)}`, `${name}_count${own} ${reached}`];
  });
}

function labelSet(names: readonly string[], values: readonly string[]): string {
  if (names.length !== values.length) throw new Error(`${values.length} values for the labels ${names.join(", ")}`);
  if (names.length === 0) return "";
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? "")}"`).join(",")}}`;
}

const special = /[\\"\n]/;

/** Most values have nothing to escape; thousands of them are written at each scrape. */
function escapeLabel(value: string): string {
  if (!special.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
