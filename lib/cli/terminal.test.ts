import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { rememberSecret } from "#lib/log/redact";
import { failureOf, tellFailure } from "./end-with.ts";
import { parseOptions } from "./options.ts";
import { createTerminal, progressBar, tableLines } from "./terminal.ts";

function terminalWith(isTTY: boolean) {
  const out = new PassThrough();
  const err = Object.assign(new PassThrough(), { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream;
  return {
    terminal: createTerminal(out, err),
    out: () => String(out.read() ?? ""),
    err: () => String((err as unknown as PassThrough).read() ?? ""),
  };
}

describe("what a terminal is told", () => {
  it("nothing of progress where nobody watches, and never longer than its line", () => {
    const piped = terminalWith(false);
    piped.terminal.progress(progressBar("dump", 1, 2));
    expect(piped.err()).toBe("");
    const watched = terminalWith(true);
    watched.terminal.progress("x".repeat(200));
    expect(watched.err()).toBe("x".repeat(39));
    watched.terminal.print("done");
    expect(watched.err()).toBe("\r\u001b[2K");
    expect(watched.out()).toBe("done\n");
  });

  it("no secret, and nothing that it would obey", () => {
    rememberSecret("hunter2-canary");
    const { terminal, out } = terminalWith(false);
    terminal.print("name \u001b[31mred\u001b]0;title\u0007 hunter2-canary postgresql://a:b0b@h/x");
    expect(out()).toBe("name �[31mred�]0;title� ••• postgresql://a:•••@h/x\n");
  });

  it("a document that is one whatever is masked in it: texts are, numbers and names of fields are not", () => {
    rememberSecret("1234");
    const { terminal, out } = terminalWith(false);
    const told = (document: object) => {
      terminal.printJson(document);
      return JSON.parse(out()) as unknown;
    };
    expect(told({ label: "rotate password: done", pinned: true })).toEqual({ label: "rotate password: •••", pinned: true });
    expect(told({ bytes: 81_234_567, 1234: [{ at: "81234567" }] })).toEqual({ bytes: 81_234_567, 1234: [{ at: "8•••567" }] });
    const gate = { commit: "http://ci:8080", operator: "rosa@example.com", url: "postgresql://a:b0b@h/x" };
    expect(told(gate)).toEqual({ ...gate, url: "postgresql://a:•••@h/x" });
    expect(told({ name: "a\u001b[31m\u009bb\u007f\n" })).toEqual({ name: "a\u001b[31m\u009bb\u007f\n" });
    terminal.printJson({ name: "\u009b\u007f" });
    expect(out()).toBe(`{"name":"\\u009b\\u007f"}\n`);
  });

  it("a failure in the same way", () => {
    const { terminal, out } = terminalWith(false);
    tellFailure(terminal, { exit: 1, code: "tool-failed", message: "psql: password: wrong", hint: "" }, true);
    expect(JSON.parse(out())).toMatchObject({ error: { message: "psql: password: •••", exit: 1 } });
  });

  it("columns of equal width, and a bar that ends where it is full", () => {
    expect(
      tableLines(
        ["A", "B"],
        [
          ["long", "x"],
          ["s", "yy"],
        ],
      ),
    ).toEqual(["A     B", "long  x", "s     yy"]);
    expect(tableLines(["A"], [])).toEqual([]);
    expect(progressBar("load", 5, 4)).toContain(`[${"#".repeat(28)}] 100 %`);
    expect(progressBar("load", 1024, null)).toMatch(/^load {2}1\.0.KiB$/);
  });
});

describe("what was typed", () => {
  const options = {
    source: { type: "string", short: "s", help: "" },
    n: { type: "string", help: "" },
    json: { type: "boolean", help: "" },
  } as const;

  it("keeps what is behind -- word by word, whatever it looks like", () => {
    const given = parseOptions(["-s", "shop", "--", "npm", "test", "--json", "--", "-x"], options, { words: 0, command: true });
    expect([given.needed("source"), given.flag("json"), given.rest]).toEqual(["shop", false, ["npm", "test", "--json", "--", "-x"]]);
  });

  it("is refused where it is not known, missing, or no number", () => {
    expect(() => parseOptions(["--sorce", "x"], options)).toThrow(expect.objectContaining({ exit: 2 }) as Error);
    expect(() => parseOptions([], options).needed("source")).toThrow("--source is missing");
    expect(() => parseOptions(["--n", "1e3"], options).whole("n", 1, 5)).toThrow("whole number from 1 to 5");
    expect(() => parseOptions(["--n", "6"], options).oneOf("n", ["a", "b"])).toThrow("none of a, b");
  });
});

describe("exit codes", () => {
  it.each([
    ["web-unreachable", 3],
    ["not-allowed", 3],
    ["not-signed-in", 3],
    ["connection-refused", 3],
    ["target-is-catalogue", 5],
    ["stream-mismatch", 5],
    ["pack-damaged", 5],
    ["no-space", 1],
    ["tool-failed", 1],
  ] as const)("%s ends with %i", (code, exit) => {
    expect(failureOf(new LifeboatError(code), false)).toMatchObject({ code, exit });
  });

  it("an interruption is one, whatever it broke", () => {
    expect(failureOf(new LifeboatError("tool-killed"), true)).toMatchObject({ exit: 130 });
  });
});
