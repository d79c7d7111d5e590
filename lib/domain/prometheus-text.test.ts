import { describe, expect, it } from "vitest";
import { durationBuckets, exposedNames, metricDefinitions } from "./metric-names.ts";
import { writeExposition } from "./prometheus-text.ts";

describe("writeExposition", () => {
  it("writes help and type once before the samples of a family, and ends with a line feed", () => {
    const text = writeExposition([
      {
        name: "lifeboat_source_paused",
        samples: [
          [["shop", "Shop"], 0],
          [["till", "Till"], 1],
        ],
      },
      { name: "lifeboat_scheduler_lag_seconds", samples: [[[], 1.5]] },
    ]);
    expect(text).toBe(
      [
        "# HELP lifeboat_source_paused 1 while somebody has paused the source.",
        "# TYPE lifeboat_source_paused gauge",
        'lifeboat_source_paused{source="shop",name="Shop"} 0',
        'lifeboat_source_paused{source="till",name="Till"} 1',
        `# HELP lifeboat_scheduler_lag_seconds ${metricDefinitions.lifeboat_scheduler_lag_seconds.help}`,
        "# TYPE lifeboat_scheduler_lag_seconds gauge",
        "lifeboat_scheduler_lag_seconds 1.5",
        "",
      ].join("\n"),
    );
  });

  it("escapes what people put into names: quotes, backslashes and line feeds, and nothing else", () => {
    const text = writeExposition([{ name: "lifeboat_source_paused", samples: [[["s", 'a"b\\c\nd é {}, \u{1f6df}'], 1]] }]);
    expect(text.split("\n")[2]).toBe('lifeboat_source_paused{source="s",name="a\\"b\\\\c\\nd é {}, \u{1f6df}"} 1');
  });

  it("adds the buckets of a histogram up, to infinity", () => {
    const counts = [2, 0, 3, ...durationBuckets.slice(3).map(() => 0), 1];
    const lines = writeExposition([
      { name: "lifeboat_run_duration_seconds", distributions: [{ labels: ["backup", "succeeded"], counts, sum: 40.25 }] },
    ]).split("\n");
    expect(lines).toContain('lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="1"} 2');
    expect(lines).toContain('lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="15"} 5');
    expect(lines).toContain('lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="43200"} 5');
    expect(lines).toContain('lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="+Inf"} 6');
    expect(lines).toContain('lifeboat_run_duration_seconds_sum{type="backup",state="succeeded"} 40.25');
    expect(lines).toContain('lifeboat_run_duration_seconds_count{type="backup",state="succeeded"} 6');
  });

  it("leaves out a family without samples and refuses labels that are not its own", () => {
    expect(writeExposition([{ name: "lifeboat_alerts_open", samples: [] }])).toBe("\n");
    expect(() => writeExposition([{ name: "lifeboat_alerts_open", samples: [[[], 1]] }])).toThrow(/0 values/);
  });
});

describe("metric names", () => {
  it("follow the conventions: one prefix, units at the end, _total for what only grows and nothing else", () => {
    const counters = Object.entries(metricDefinitions).filter(([, { type }]) => type === "counter");
    const totals = Object.keys(metricDefinitions).filter((name) => name.endsWith("_total"));
    expect(totals).toEqual(counters.map(([name]) => name));
    for (const [name, { help, labels }] of Object.entries(metricDefinitions)) {
      expect(name).toMatch(/^lifeboat_[a-z_]+$/);
      expect(help).toMatch(/\.$/);
      for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    }
    expect(exposedNames()).toContain("lifeboat_run_duration_seconds_bucket");
    expect(exposedNames()).not.toContain("lifeboat_run_duration_seconds");
  });
});
