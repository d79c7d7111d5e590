import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import english from "#messages/en" with { type: "json" };

type Tree = { [key: string]: string | Tree };
type Source = { readonly namespaces: readonly string[]; readonly texts: readonly RegExp[]; readonly isDynamic: boolean };

function keysOf(tree: Tree, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [path + key] : keysOf(value, `${path}${key}.`)));
}

/** A literal or a template that may name a message; what a template fills in may be any part of a key. */
function patternOf(text: string): RegExp | null {
  const parts = text.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/u);
  if (parts.join("") === "" || !/^[\w.-]*$/u.test(parts.join(""))) return null;
  return new RegExp(`^${parts.map((part) => part.replaceAll(".", "\\.")).join(".+")}$`, "u");
}

/** What one file may ask of the messages: its namespaces, and every text in it that looks like a key. */
function read(file: string): Source {
  const code = readFileSync(file, "utf8");
  const translators = /(?:useTranslations|getTranslations)(?:<[^>]*>)?\((?:"([\w.-]*)")?\)/gu;
  const names = [...code.matchAll(/(\w+)\s*=\s*(?:await\s+)?(?:useTranslations|getTranslations)\(/gu)].map(([, name]) => name);
  const dynamic = new RegExp(`\\b(?:${["t", ...names].join("|")})(?:\\.rich)?\\((?!["\`])`, "u");
  const literals = [...code.matchAll(/"([^"\n]*)"/gu)].map(([, text]) => patternOf(text ?? ""));
  // Templates that are asked for, not those that are shown: `t(`${level}.${state}`)`.
  const templates = [...code.matchAll(/\(\s*`([^`]*)`/gu)].map(([, text]) => patternOf(text ?? ""));
  return {
    namespaces: [...code.matchAll(translators)].map(([, namespace]) => namespace ?? ""),
    texts: [...literals, ...templates].filter((each) => each !== null),
    isDynamic: dynamic.test(code),
  };
}

const sources = globSync(["{app,components}/**/*.{ts,tsx}", "lib/**/*.ts"])
  .filter((name) => !name.includes(".test."))
  .map(read);
const allTexts = [...new Map(sources.flatMap(({ texts }) => texts).map((each) => [each.source, each])).values()];

/** A key counts as used when a file of its namespace holds it, or asks by a name that it got from elsewhere and any file holds it. */
function isUsed(key: string): boolean {
  return sources.some(({ namespaces, texts, isDynamic }) =>
    namespaces.some((namespace) => {
      if (namespace !== "" && !key.startsWith(`${namespace}.`)) return false;
      const rest = namespace === "" ? key : key.slice(namespace.length + 1);
      return texts.some((each) => each.test(rest)) || (isDynamic && allTexts.some((each) => each.test(rest)));
    }),
  );
}

it("no message is left that no page asks for", () => {
  // Those are read by code and name: by the API, and by badges that no page shows.
  const keys = keysOf(english).filter((key) => !/^(?:errors|badge)\./u.test(key));
  expect(keys.length).toBeGreaterThan(500);
  expect(keys.filter((key) => !isUsed(key))).toEqual([]);
});
