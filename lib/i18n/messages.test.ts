import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, path = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") texts.set(name, value);
    else for (const [inner, text] of flatten(value, name)) texts.set(inner, text);
  }
  return texts;
}

/** The names of a message's arguments and tags, however deep in plurals and selects; throws for text that is not ICU. */
function argumentsOf(message: string): string {
  const names = new Set<string>();
  const walk = (elements: MessageFormatElement[]): void => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      names.add(element.type === TYPE.tag ? `<${element.value}>` : element.value);
      if (element.type === TYPE.tag) walk(element.children);
      if (element.type === TYPE.select || element.type === TYPE.plural) Object.values(element.options).forEach(({ value }) => walk(value));
    }
  };
  walk(parse(message));
  return [...names].toSorted().join();
}

const en = flatten(english);
const es = flatten(spanish);

describe("the messages", () => {
  it("exist in both languages under the same keys", () => {
    expect([...es.keys()].filter((key) => !en.has(key))).toEqual([]);
    expect([...en.keys()].filter((key) => !es.has(key))).toEqual([]);
  });

  it("are never empty", () => {
    expect([...en, ...es].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  it("name the same values and tags in both languages", () => {
    const different = [...en].filter(([key, text]) => argumentsOf(text) !== argumentsOf(es.get(key) ?? ""));
    expect(different.map(([key, text]) => `${key}: ${argumentsOf(text)} / ${argumentsOf(es.get(key) ?? "")}`)).toEqual([]);
  });

  it("say nothing about success and do not shout", () => {
    const loud = [...en, ...es].filter(([, text]) => /[!¡]|successfully|con éxito|sorry|lo sentimos/i.test(text));
    expect(loud.map(([key]) => key)).toEqual([]);
  });

  it("differ between the languages wherever a sentence is said", () => {
    const same = [...en].filter(([key, text]) => text.split(" ").length > 4 && es.get(key) === text);
    expect(same.map(([key]) => key)).toEqual([]);
  });
});
