import type { Import, Sources } from "./source-graph.ts";
import { buildGraph } from "./source-graph.ts";

/**
 * Which layer may import which (DESIGN.md, section 5). A layer is a folder of `lib`, or `app`, `components`, `messages`; every layer may
 * import itself. `engines:port` is that file alone (`lib/engines/port.ts`), without the implementations; `engines:file-port` and `engines:copy-port` likewise.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  contracts: ["domain", "messages"],
  cron: ["domain"],
  env: [],
  log: [],
  secrets: ["domain", "env", "log"],
  exec: ["domain", "env", "log"],
  storage: ["domain", "log"],
  repository: ["domain", "engines:port", "log", "storage:file-error", "storage:port"],
  engines: ["contracts", "domain", "env", "exec", "log"],
  clusters: ["domain", "env", "exec", "log"],
  db: ["contracts", "domain"],
  services: [
    "contracts",
    "cron",
    "db",
    "domain",
    "engines:copy-port",
    "engines:file-port",
    "engines:port",
    "jobs",
    "log",
    "notify:port",
    "package.json",
    "repository",
    "secrets",
    "storage:port",
  ],
  jobs: ["db", "log"],
  // Messages as other programs take them; the words are made here, in the channel's language.
  notify: ["contracts", "domain", "format", "log", "messages"],
  // The one place where the concrete engines and storage are wired in.
  worker: "clusters contracts db domain engines env exec jobs log notify repository secrets services storage".split(" "),
  supervisor: ["clusters", "contracts", "db", "domain", "env", "exec", "jobs", "log", "secrets", "services"],
  auth: ["contracts", "db", "domain", "env", "http", "log", "secrets", "services"],
  http: ["auth", "contracts", "db", "domain", "env", "log", "secrets", "services"],
  web: ["auth", "contracts", "db", "domain", "env", "http", "jobs", "log", "repository", "secrets", "services", "storage"],
  // Programs for people at a terminal: the API's client, and scripts that use engine and repository without a catalogue.
  cli: "contracts domain engines env exec format http log messages package.json repository secrets services storage worker".split(" "),
  query: ["contracts", "domain", "http"],
  format: ["contracts", "domain"],
  // Reports as files, in the reader's language: made at the edge, where words are.
  reports: ["contracts", "domain", "format", "messages"],
  i18n: ["auth", "contracts", "format", "http", "messages", "services"],
  components: ["contracts", "domain", "format", "http", "i18n", "query"],
  app: ["auth", "components", "contracts", "domain", "format", "http", "i18n", "query", "reports", "services"],
  "proxy.ts": ["http"],
  "next.config.ts": [],
};

/** What never reaches a browser. */
const serverOnly = new Set(
  "auth cli clusters db engines env exec jobs notify reports repository secrets services storage supervisor web worker".split(" "),
);

const soleImporters: Readonly<Record<string, RegExp>> = {
  execa: /^lib\/exec\//,
  croner: /^lib\/cron\//,
  "drizzle-orm": /^lib\/(db|services|supervisor|worker|auth|http|web|jobs)\//,
  "pg-boss": /^lib\/jobs\//,
  nodemailer: /^lib\/notify\//,
};

const purePackages: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  // use-intl renders reasons in English for the API; it does no IO.
  contracts: ["zod", "use-intl"],
};
const environmentReaders = /^lib\/(env\/|web\/start-web\.ts$)/;
const forbiddenName = /(^|[-/.])(utils?|helpers?|managers?)([-/.]|$)/;
const longest = 400;

export type Violation = { readonly rule: string; readonly file: string; readonly detail: string };

const isTest = (path: string) => /(\.test\.tsx?|-fixture\.ts)$/.test(path) || path.startsWith("lib/testing/");

/** The layer of a path. */
export function layerOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "lib" && path.split("/").length > 2 ? second : first;
}

function allows(layer: string, target: string): boolean {
  const to = layerOf(target);
  if (to === layer) return true;
  const allowed = layers[layer] ?? [];
  const file = /^lib\/[^/]+\/([^/]+)\.ts$/.exec(target)?.[1];
  return allowed.includes(to) || allowed.includes(`${to}:${file}`);
}

/** Every violation of the rules in these sources; empty when all is well. */
export function checkArchitecture(sources: Sources): Violation[] {
  const graph = buildGraph(sources);
  const violations: Violation[] = [];
  for (const [file, text] of sources) {
    violations.push(...checkText(file, text));
    if (!isTest(file)) violations.push(...checkImports(file, graph.get(file) ?? []));
    if (/^\s*["']use client["']/.test(text)) violations.push(...checkClient(file, graph));
  }
  return [...violations, ...findCycles(graph)];
}

function checkText(file: string, text: string): Violation[] {
  const found: Violation[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > longest) found.push({ rule: "length", file, detail: `${lines} lines` });
  if (forbiddenName.test(file)) found.push({ rule: "name", file, detail: "says nothing about its purpose" });
  if (
    !isTest(file) &&
    !environmentReaders.test(file) &&
    /process\.env\b(?!\.NODE_ENV)/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""))
  ) {
    found.push({ rule: "environment", file, detail: "reads process.env; lib/env does that" });
  }
  if (/\.test\.tsx?$/.test(file) && /^(import|\}) .*from "fast-check"/m.test(text) && !/^import ".*\/property-seed"/m.test(text))
    found.push({ rule: "property", file, detail: "makes other cases in every run; lib/testing/property-seed.ts sets the seed" });
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").trim();
  const statements = code.split(";").filter((part) => part.trim() !== "");
  const reExports = statements.filter((part) => /^\s*export\s+(type\s+)?(\*|\{[\s\S]*\})[\s\S]*\sfrom\s/.test(part));
  if (reExports.length > 0 && reExports.length === statements.length && !isRoute(file)) {
    found.push({ rule: "barrel", file, detail: "only passes on what other files export" });
  }
  return found;
}

/** Next.js finds routes by their file: one that only names its handler is no barrel. */
function isRoute(file: string): boolean {
  return file.startsWith("app/") && /(^|\/)(route|page|layout)\.tsx?$/.test(file);
}

function checkImports(file: string, imports: readonly Import[]): Violation[] {
  const layer = layerOf(file);
  const found: Violation[] = [];
  if (layers[layer] === undefined && layer !== "lib")
    found.push({ rule: "layer", file, detail: `the layer "${layer}" is not in the table` });
  for (const { target, isPackage } of imports) {
    if (!isPackage) {
      if (!allows(layer, target)) found.push({ rule: "layer", file, detail: `${layer} may not import ${target}` });
      continue;
    }
    const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : (target.split("/")[0] ?? target);
    const importers = soleImporters[name];
    if (importers !== undefined && !importers.test(file)) found.push({ rule: "package", file, detail: `${name} is not for this folder` });
    const pure = purePackages[layer];
    if (pure !== undefined && !pure.includes(name)) found.push({ rule: "pure", file, detail: `${layer} may not import ${target}` });
  }
  return found;
}

/** Follows what a client component really loads, however far: one server module on the way ends up in the browser. */
function checkClient(file: string, graph: ReadonlyMap<string, readonly Import[]>): Violation[] {
  const found: Violation[] = [];
  const seen = new Set([file]);
  const queue = [file];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { target, isTypeOnly, isPackage } of graph.get(at) ?? []) {
      if (isTypeOnly) continue;
      if (isPackage && target.startsWith("node:")) found.push({ rule: "client", file, detail: `loads ${target} through ${at}` });
      if (isPackage || seen.has(target)) continue;
      seen.add(target);
      if (serverOnly.has(layerOf(target))) found.push({ rule: "client", file, detail: `loads ${target} through ${at}` });
      else queue.push(target);
    }
  }
  return found;
}

/** Cycles of imports that exist at run time; each is told once, by the file where it was entered. */
function findCycles(graph: ReadonlyMap<string, readonly Import[]>): Violation[] {
  const state = new Map<string, "open" | "done">();
  const found: Violation[] = [];
  const visit = (file: string, path: readonly string[]) => {
    state.set(file, "open");
    for (const { target, isTypeOnly, isPackage } of graph.get(file) ?? []) {
      if (isPackage || isTypeOnly || !graph.has(target)) continue;
      const known = state.get(target);
      if (known === "open") {
        const cycle = [...path, file];
        found.push({ rule: "cycle", file: target, detail: [...cycle.slice(cycle.indexOf(target)), target].join(" → ") });
      } else if (known === undefined) visit(target, [...path, file]);
    }
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file, []);
  return found;
}
