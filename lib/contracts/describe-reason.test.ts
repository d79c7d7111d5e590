import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };
import type { ErrorCode } from "../domain/error.ts";
import { errorCategories } from "../domain/error-codes.ts";
import { describeReason } from "./describe-reason.ts";
import { messageParams, reasonText } from "./reason-text.ts";

const codes = Object.keys(errorCategories).sort() as ErrorCode[];
const languages = { en: english.errors, es: spanish.errors };

/** The values that a code's texts read in a language: those without which they cannot be formatted. */
function valuesRead(code: ErrorCode, locale: keyof typeof languages): string[] {
  const problems: string[] = [];
  const translate = createTranslator({
    locale,
    messages: { errors: languages[locale] },
    namespace: "errors",
    onError: (error) => problems.push(error.message),
  });
  return messageParams.filter((name) => {
    const others = Object.fromEntries(messageParams.filter((other) => other !== name).map((other) => [other, 3]));
    problems.length = 0;
    translate(`${code}.message`, others);
    translate(`${code}.hint`, others);
    return problems.length > 0;
  });
}

describe("error texts", () => {
  it.each(Object.entries(languages))("have a message and a hint for every code in %s, and for no other", (_language, texts) => {
    expect(Object.keys(texts).sort()).toEqual(codes);
  });

  it.each(Object.entries(languages))(
    "are a message without a full stop and a hint that is a sentence, without markup, in %s",
    (_language, texts) => {
      const wrong = Object.entries(texts).filter(
        ([, text]) =>
          !/^\P{Lu}.*[^.!]$/u.test(text.message.replaceAll(/^(?:Lifeboat|PostgreSQL|SQLite)/g, "x")) ||
          !/[.}]$/.test(text.hint) ||
          (text.message + text.hint).includes("<"),
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each(codes)("name the same values in both languages: %s", (code) => {
    expect(valuesRead(code, "es")).toEqual(valuesRead(code, "en"));
  });

  it.each(Object.entries(languages))("can be formatted with every value, and with none, in %s", (language, errors) => {
    const locale = language as keyof typeof languages;
    const problems: string[] = [];
    const translate = createTranslator({
      locale,
      messages: { errors },
      namespace: "errors",
      onError: (error) => problems.push(error.message),
    });
    const values = Object.fromEntries(messageParams.map((name) => [name, 3]));
    for (const code of codes) {
      reasonText({ code, params: {} }, (key, shown) => translate(key, shown), locale);
      const { message, hint } = reasonText({ code, params: values }, (key, shown) => translate(key, shown), locale);
      if (`${message}${hint}`.includes("?")) problems.push(`${code} reads a value that is not in messageParams`);
    }
    expect(problems).toEqual([]);
  });

  it("read values that are told apart", () => {
    expect(valuesRead("no-space", "en")).toEqual(["freeBytes", "neededBytes", "path"]);
    expect(valuesRead("tool-missing", "es")).toEqual(["install", "major", "tool"]);
  });

  it("are told in English with sizes that people read", () => {
    expect(describeReason({ code: "no-space", params: { path: "/b", freeBytes: 1536, neededBytes: 5 * 2 ** 30 } })).toEqual({
      code: "no-space",
      params: { path: "/b", freeBytes: 1536, neededBytes: 5 * 2 ** 30 },
      message: "not enough space in /b: 1.5 KiB free, 5.0 GiB needed",
      hint: expect.stringMatching(/^Make room there/) as string,
    });
  });

  it("never interpret a value as a message or as markup", () => {
    const name = "{count, plural, other {#}} <b>x</b> '";
    expect(describeReason({ code: "target-exists", params: { database: name } }).message).toBe(
      `a database “${name}” exists on that server`,
    );
  });
});
