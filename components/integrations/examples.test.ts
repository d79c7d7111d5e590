import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { badgeMarkdown, gateCommand, prometheusConfig, shellWord, staleCommand } from "./examples.ts";

it("a source's name reaches the program as one word, whatever it holds", () => {
  for (const name of ["shop", "Harbour's shop", '$(id) `id` "x"', "a b;c"]) {
    expect(execFileSync("/bin/sh", ["-c", `printf %s ${shellWord(name)}`]).toString()).toBe(name);
  }
});

it("examples name where Lifeboat is, and no token", () => {
  expect(prometheusConfig("https://lifeboat.example.org:8443")).toContain('targets: ["lifeboat.example.org:8443"]');
  expect(prometheusConfig("http://127.0.0.1:4000")).toContain("scheme: http\n");
  const all = [gateCommand("https://l.example.org", "shop"), staleCommand("https://l.example.org", "src_1")].join("\n");
  expect(all).toContain("https://l.example.org/api/v1/sources/src_1/back-up-if-stale?maxAge=7d");
  expect(all).not.toMatch(/Bearer [A-Za-z0-9]/u);
  expect(badgeMarkdown("https://l.example.org/api/status/k", "shop [old]")).toBe(
    "![shop \\[old\\]](https://l.example.org/api/status/k/badge.svg)",
  );
});
