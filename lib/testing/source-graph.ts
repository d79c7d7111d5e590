import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One import of a source file; `target` is a path from the project's root, or a package's name. */
export type Import = { readonly target: string; readonly isTypeOnly: boolean; readonly isPackage: boolean };

/** Source files by path from the project's root. */
export type Sources = ReadonlyMap<string, string>;

const roots = ["app", "components", "lib"];
const rootFiles = ["proxy.ts", "next.config.ts"];

/** Reads every TypeScript file of the application. */
export function readSources(root: string): Sources {
  const sources = new Map<string, string>();
  for (const folder of roots) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(path.slice(join(root, "/").length), readFileSync(path, "utf8"));
    }
  }
  for (const file of rootFiles) {
    try {
      sources.set(file, readFileSync(join(root, file), "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return sources;
}

const statement = /^(?:import|export)\s+(type\s+)?(?:([^;"']*?)\s+from\s+)?["']([^"']+)["']/gm;
const dynamic = /\bimport\(\s*["']([^"']+)["']/g;

/** True when every name between the braces is marked as a type, and nothing else is imported. */
function namesTypesOnly(clause: string | undefined): boolean {
  const names = /^\{([\s\S]*)\}$/.exec(clause?.trim() ?? "")?.[1];
  if (names === undefined) return false;
  const parts = names.split(",").map((name) => name.trim());
  return parts.every((name) => name === "" || name.startsWith("type "));
}

/** The imports of one file: static, re-exporting, dynamic. */
export function importsOf(path: string, text: string, sources: Sources): Import[] {
  const found: Import[] = [];
  for (const [, type, clause, target = ""] of text.matchAll(statement)) {
    found.push(resolveImport(path, target, type !== undefined || namesTypesOnly(clause), sources));
  }
  for (const [, target = ""] of text.matchAll(dynamic)) found.push(resolveImport(path, target, false, sources));
  return found;
}

function resolveImport(from: string, target: string, isTypeOnly: boolean, sources: Sources): Import {
  const base = target.startsWith("#") ? target.slice(1) : target.startsWith(".") ? normalize(join(dirname(from), target)) : null;
  if (base === null) return { target, isTypeOnly, isPackage: true };
  const candidates = [base, `${base}.ts`, `${base}.tsx`];
  return { target: candidates.find((candidate) => sources.has(candidate)) ?? base, isTypeOnly, isPackage: false };
}

/** The graph of all files; computed once and asked many times. */
export function buildGraph(sources: Sources): ReadonlyMap<string, readonly Import[]> {
  return new Map([...sources].map(([path, text]) => [path, importsOf(path, text, sources)]));
}
