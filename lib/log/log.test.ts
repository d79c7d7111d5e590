import { describe, expect, it } from "vitest";
import { createLogger } from "./log.ts";
import { redactText, redactValue, rememberSecret } from "./redact.ts";

describe("redaction", () => {
  it("masks the password of a URL and keeps the rest", () => {
    expect(redactText("cannot reach postgresql://backup:c4nary@db.example.org/shop")).toBe(
      "cannot reach postgresql://backup:•••@db.example.org/shop",
    );
  });

  it("masks assignments, quoted or not", () => {
    expect(redactText("password=c4nary user=ada PGPASSWORD='two words'")).toBe("password=••• user=ada PGPASSWORD=•••");
  });

  it("masks a remembered value wherever it stands", () => {
    rememberSecret("zebra-crossing-77");
    expect(redactText("FATAL: the server said zebra-crossing-77 twice: zebra-crossing-77")).toBe("FATAL: the server said ••• twice: •••");
  });

  it("masks by key at any depth and leaves dates alone", () => {
    const at = new Date(0);
    expect(redactValue({ server: { password: "x", host: "db" }, list: [{ apiKey: "y" }], at })).toEqual({
      server: { password: "•••", host: "db" },
      list: [{ apiKey: "•••" }],
      at,
    });
  });
});

describe("createLogger", () => {
  const capture = (level: "info" | "debug" = "info") => {
    const lines: string[] = [];
    return { lines, logger: createLogger(level, { process: "test" }, (line) => lines.push(line)) };
  };

  it("writes one redacted JSON object a line", () => {
    const { lines, logger } = capture();
    logger.info("signed in with password=c4nary", { token: "abc", requestId: "r1" });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "info",
      process: "test",
      token: "•••",
      requestId: "r1",
      message: "signed in with password=•••",
    });
  });

  it("writes an error with its stack and its cause, redacted", () => {
    const { lines, logger } = capture();
    logger.error("failed", { error: new Error("outer", { cause: new Error("postgres://u:c4nary@h refused") }) });
    const record = JSON.parse(lines[0] ?? "") as { error: { message: string; stack: string; cause: { message: string } } };
    expect(record.error.message).toBe("outer");
    expect(record.error.cause.message).toBe("postgres://u:•••@h refused");
    expect(lines[0]).not.toContain("c4nary");
  });

  it("leaves out what is below its level", () => {
    const { lines, logger } = capture();
    logger.debug("noise");
    logger.child({ runId: "run_1" }).warn("kept");
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["kept"]);
  });
});
