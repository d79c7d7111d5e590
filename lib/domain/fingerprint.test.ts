import { describe, expect, it } from "vitest";
import {
  type DayPrint,
  findOdd,
  type Finding,
  type FingerprintTable,
  isDivergence,
  keepMeant,
  proposedSettings,
  type WatchSettings,
} from "./fingerprint.ts";

/** A day with these tables of `public`, by name and rows. */
function day(rows: Readonly<Record<string, number>>, change: Partial<DayPrint> = {}): DayPrint {
  const tables = Object.entries(rows).map(([table, number]): FingerprintTable => ["public", table, number, null]);
  return { migrationHead: null, tables, ...change };
}

/** Days of one table by its rows, oldest first; the last one is judged. */
function judged(rows: readonly number[], settings: Partial<WatchSettings> = {}): string[] {
  return codes(
    rows.map((number) => day({ orders: number, other: 100_000 })),
    settings,
  );
}

function findings(oldestFirst: readonly DayPrint[], settings: Partial<WatchSettings> = {}): Finding[] {
  const [now, ...before] = [...oldestFirst].reverse();
  return now === undefined ? [] : findOdd(now, before, { ...proposedSettings, ...settings });
}

const codes = (oldestFirst: readonly DayPrint[], settings: Partial<WatchSettings> = {}) =>
  findings(oldestFirst, settings).map(({ code, table }) => (table === "" ? code : `${code} ${table}`));
const orders = { schema: "public", table: "orders" };
const growingBy = (step: number, days: number, from = 1000) => Array.from({ length: days }, (_, index) => from + index * step);

describe("a table that shrinks", () => {
  it("is told beyond a quarter of its rows, with how many there were", () => {
    expect(judged([1000, 760])).toEqual([]);
    expect(findings([day({ orders: 1000 }), day({ orders: 740 })])).toEqual([
      { code: "table-shrank", schema: "public", table: "orders", params: { from: 1000, to: 740 } },
    ]);
  });

  it("is told sooner when it only ever grew", () => {
    expect(judged([...growingBy(10, 8), 1030])).toEqual(["table-shrank orders"]);
    expect(judged([...growingBy(10, 8), 1060])).toEqual([]);
    expect(judged([...growingBy(10, 5), 1000])).toEqual([]);
  });

  it("may lose what it often loses", () => {
    expect(judged([1000, 400, 1000, 380])).toEqual([]);
    expect(judged([1000, 700, 1000, 400])).toEqual(["table-shrank orders"]);
  });

  it("is told when small losses of many days come to more, and not once more where somebody meant it", () => {
    const customers = [100_000, 100_002, 100_001, 100_004, 100_003, 100_003, 100_005, 100_001, 100_000];
    expect(judged([...customers, 76_000])).toEqual([]);
    expect(findings([...customers, 76_000, 57_760].map((rows) => day({ orders: rows })))).toEqual([
      { code: "table-shrank", schema: "public", table: "orders", params: { from: 100_005, to: 57_760 } },
    ]);
    const meant: Finding = {
      code: "table-shrank",
      schema: "public",
      table: "orders",
      params: { from: 100_005, to: 57_760 },
      accepted: true,
    };
    const since = [...customers, 76_000].map((rows) => day({ orders: rows })).concat(day({ orders: 57_760 }, { findings: [meant] }));
    expect(codes([...since, day({ orders: 50_000 })])).toEqual([]);
    expect(codes([...since, day({ orders: 50_000 }), day({ orders: 43_000 })])).toEqual(["table-shrank orders"]);
  });

  it("gets used to no loss that was never made good, and to none that leaves almost nothing", () => {
    expect(judged([1000, 760, 750, 740])).toEqual(["table-shrank orders"]);
    expect(judged([1000, 300, 1000, 160])).toEqual([]);
    expect(judged([1000, 300, 1000, 140])).toEqual(["table-shrank orders"]);
  });

  it("is told when it is empty for the first time, however small it was, and not when it is emptied by habit", () => {
    expect(judged([3, 3, 0])).toEqual(["table-shrank orders"]);
    expect(judged([500, 0, 500, 0])).toEqual([]);
    expect(judged([0, 0])).toEqual([]);
  });

  it("is told when it is emptied for the first time, though it was made empty", () => {
    expect(judged([0, 100, 500, 1000, 0])).toEqual(["table-shrank orders"]);
    expect(judged([0, 0, 3, 0])).toEqual(["table-shrank orders"]);
    expect(judged([0, 500, 0, 500, 0])).toEqual([]);
  });

  it("does not make a few rows a finding", () => {
    expect(judged([12, 5])).toEqual([]);
  });
});

describe("a table that disappears", () => {
  it("is told, unless it is left alone or this backup leaves it out", () => {
    const days = [day({ orders: 10, till: 5 }), day({ till: 5 })] as const;
    expect(codes(days)).toEqual(["table-gone orders"]);
    expect(codes(days, { ignored: [orders] })).toEqual([]);
    expect(findOdd(days[1], [days[0]], proposedSettings, ({ table }) => table === "orders")).toEqual([]);
  });

  it("is not told of old partitions that go by habit", () => {
    const rolling = (first: number) => day({ [`log_${first}`]: 100, [`log_${first + 1}`]: 100, [`log_${first + 2}`]: 100, till: 5 });
    expect(codes([rolling(1), rolling(2)])).toEqual(["table-gone log_1"]);
    expect(codes([rolling(1), rolling(2), rolling(3), rolling(4)])).toEqual([]);
    const plain = [day({ a: 1, b: 1, c: 1, d: 1 }), day({ b: 1, c: 1, d: 1 }), day({ c: 1, d: 1 }), day({ d: 1 })];
    expect(codes(plain)).toEqual(["table-gone c"]);
  });
});

describe("a table that stops growing", () => {
  it("is told on the second day when it grew on every day of a week", () => {
    const week = growingBy(10, 8);
    const last = week.at(-1) ?? 0;
    expect(judged([...week, last])).toEqual([]);
    expect(findings([...week, last, last].map((rows) => day({ orders: rows })))).toEqual([
      { code: "stopped-growing", schema: "public", table: "orders", params: { from: last, to: last, days: 2 } },
    ]);
  });

  it("may rest as long as it rested before: weekends are no findings, a third day is", () => {
    const twoWeeks = [1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10];
    expect(judged([...twoWeeks, 10])).toEqual([]);
    expect(judged([...twoWeeks, 10, 10])).toEqual([]);
    expect(judged([...twoWeeks, 10, 10, 10])).toEqual(["stopped-growing orders"]);
  });

  it("is learned from seven intervals at least, and from growth on half of them", () => {
    expect(judged([1, 2, 3, 4, 5, 6, 7, 7, 7])).toEqual([]);
    expect(judged([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2])).toEqual([]);
  });

  it("is told at once of the tables that somebody chose, and of no others then", () => {
    expect(judged([1, 2, 2], { growing: [orders] })).toEqual(["stopped-growing orders"]);
    expect(judged([1, 2, 3], { growing: [orders] })).toEqual([]);
    expect(judged([...growingBy(1, 9), 9, 9, 9], { growing: [] })).toEqual([]);
  });

  it("is not told of a partition while another one of its kind grows", () => {
    const months = growingBy(10, 8).map((rows) => day({ log_10: rows }));
    const rest = [1, 2].map((step) => day({ log_10: 1070, log_11: step * 10 }));
    expect(codes([...months, ...rest])).toEqual([]);
    expect(codes([...months, day({ log_10: 1070 }), day({ log_10: 1070 })])).toEqual(["stopped-growing log_10"]);
  });
});

describe("the source as a whole", () => {
  it("is told when rows are lost that no single table's loss tells", () => {
    const many = (rows: number) => day(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, rows])));
    expect(findings([many(12), many(5)])).toEqual([{ code: "rows-shrank", schema: "", table: "", params: { from: 1200, to: 500 } }]);
  });

  it("is told when migrations go back to a head that was left, or have none any more", () => {
    const at = (...heads: (string | null)[]) => heads.map((migrationHead) => day({ orders: 1 }, { migrationHead }));
    expect(codes(at("1", "2", "3"))).toEqual([]);
    expect(findings(at("1", "2", "1"))).toMatchObject([{ code: "head-went-back", params: { from: "2", to: "1" } }]);
    expect(codes(at("2", null))).toEqual(["head-went-back"]);
    expect(codes(at(null, "1"))).toEqual([]);
  });
});

describe("contents of chosen tables", () => {
  const at = (...digests: (string | null)[]) => digests.map((sha256) => day({}, { tables: [["public", "orders", 5, sha256]] }));

  it("are told when they change for the first time in three days, and call nobody", () => {
    const found = findings(at("a", "a", "a", "b"), { digests: [orders] });
    expect(found).toMatchObject([{ code: "digest-changed", table: "orders", params: { from: "a", to: "b" } }]);
    expect(found.some(isDivergence)).toBe(false);
    expect(codes(at("a", "a", "b"), { digests: [orders] })).toEqual([]);
    expect(codes(at("a", "b", "a", "c"), { digests: [orders] })).toEqual([]);
    expect(codes(at("a", "a", "a", "b"))).toEqual([]);
    expect(codes(at("a", "a", "a", null), { digests: [orders] })).toEqual([]);
  });
});

it("says nothing of a first day, and at most fifty things of any", () => {
  expect(findOdd(day({ orders: 1 }), [], proposedSettings)).toEqual([]);
  const many = (rows: number) => day(Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`t${index}`, rows])));
  expect(findings([many(1000), many(1)])).toHaveLength(50);
});

describe("a loss that nobody meant", () => {
  const till = (rows: number) => day({ orders: 100, till: rows });
  const without = day({ orders: 100 });
  /** Each day judged by those before it, as they were judged; oldest first. */
  const told = (oldestFirst: readonly DayPrint[], meant: readonly number[] = []): string[][] => {
    const judgedDays: DayPrint[] = [];
    return oldestFirst.map((now, index) => {
      const found = keepMeant(findOdd(now, judgedDays.toReversed(), proposedSettings), judgedDays.at(-1)?.findings ?? []);
      judgedDays.push({ ...now, findings: meant.includes(index) ? found.map((finding) => ({ ...finding, accepted: true })) : found });
      return found.filter(isDivergence).map(({ code, params }) => `${code} ${params["from"]} ${params["to"]}`);
    });
  };

  it("is told until the table has all the rows again that it had", () => {
    const gone = "table-gone 500 0";
    expect(told([till(500), without, without, without, till(499), till(500), till(500)])).toEqual([
      [],
      [gone],
      [gone],
      [gone],
      ["table-shrank 500 499"],
      [],
      [],
    ]);
    const emptied = "table-shrank 1000 0";
    expect(told([till(1000), till(0), till(0), without, till(3), till(1001)])).toEqual([
      [],
      [emptied],
      [emptied],
      ["table-gone 1000 0"],
      ["table-shrank 1000 3"],
      [],
    ]);
  });

  it("is told no more once somebody says that it was meant, until more is lost", () => {
    expect(told([till(500), without, without, without], [1])).toEqual([[], ["table-gone 500 0"], [], []]);
    expect(told([till(1000), till(500), till(500), till(500), till(0)], [2])).toEqual([
      [],
      ["table-shrank 1000 500"],
      ["table-shrank 1000 500"],
      [],
      ["table-shrank 500 0"],
    ]);
  });

  it("is told of all rows and of migrations as well", () => {
    const many = (rows: number) => day(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, rows])));
    const all = "rows-shrank 900 400";
    expect(told([many(9), many(4), many(4), many(9)])).toEqual([[], [all], [all], []]);
    const at = (migrationHead: string) => day({ orders: 5 }, { migrationHead });
    const back = "head-went-back 2 1";
    expect(told([at("1"), at("2"), at("1"), at("1"), at("2")])).toEqual([[], [], [back], [back], []]);
  });

  it("is told of a table that stopped growing, however many weeks it rests, and once it was meant no more until it rests anew", () => {
    const days = [...growingBy(10, 9), ...Array.from({ length: 40 }, () => 1080)].map((rows) => day({ orders: rows, more: rows * rows }));
    expect(told(days).slice(-38)).toEqual(
      Array.from({ length: 38 }, () => ["stopped-growing 1080 1080", "stopped-growing 1166400 1166400"]),
    );
    expect(told(days, [10]).slice(11).flat()).toEqual([]);
  });

  it("ends when the table is left alone", () => {
    const yesterday = { ...without, findings: findings([till(500), without]) };
    expect(yesterday.findings).toHaveLength(1);
    expect(findOdd(without, [yesterday], { ...proposedSettings, ignored: [{ schema: "public", table: "till" }] })).toEqual([]);
    expect(findOdd(without, [yesterday], proposedSettings, ({ table }) => table === "till")).toEqual([]);
  });
});
