import { parseArgs, type ParseArgsOptionDescriptor } from "node:util";
import { usageError } from "./exit-code.ts";

/** One option as it is parsed and as `--help` shows it. */
export type Option = {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help, for example `file`. */
  readonly value?: string;
  readonly help: string;
};
export type Options = Readonly<Record<string, Option>>;

/** What may stand beside the options. */
export type Takes = {
  /** Words of its own, at most. */
  readonly words: number;
  /** Behind `--`, a command to run. */
  readonly command?: true;
};

/** What was typed. Options that were left out are undefined. */
export class Given {
  readonly positionals: readonly string[];
  /** Behind `--`: a command to run, word by word; null without `--`. */
  readonly rest: readonly string[] | null;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[], rest: readonly string[] | null) {
    this.#values = values;
    this.positionals = positionals;
    this.rest = rest;
  }

  text(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  texts(name: string): readonly string[] {
    return (this.#values[name] as string[] | undefined) ?? [];
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Throws a usage error when it was left out. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw usageError(`--${name} is missing`);
    return value;
  }

  /** A whole number within bounds, or undefined. */
  whole(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max)
      throw usageError(`--${name}: ${value} is not a whole number from ${min} to ${max}`);
    return Number(value);
  }

  /** One of a few words, or undefined. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || words.includes(value as T)) return value as T | undefined;
    throw usageError(`--${name}: ${value} is none of ${words.join(", ")}`);
  }
}

/** Parses arguments. Throws a usage error for what is not known, and for more than is taken; a value that was typed is never in its text. */
export function parseOptions(args: readonly string[], options: Options, takes: Takes = { words: 0 }): Given {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const config: Record<string, ParseArgsOptionDescriptor> = {};
  for (const [name, { type, short, multiple }] of Object.entries(options))
    config[name] = { type, ...(short === undefined ? {} : { short }), ...(multiple === true ? { multiple } : {}) };
  let parsed;
  try {
    parsed = parseArgs({ args: [...own], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError((error as Error).message.split("\n")[0] ?? "the arguments were not understood");
  }
  const given = new Given(parsed.values, parsed.positionals, end < 0 ? null : args.slice(end + 1));
  refuseMore(given, takes);
  return given;
}

/** What would be passed over in silence may be what mattered most: a gate's check, a `--dry-run`. */
function refuseMore({ positionals, rest }: Given, { words, command }: Takes): void {
  if (positionals.length > words) {
    if (command === true) throw usageError("the command goes behind --", "For example: … -- npm run release-check");
    throw usageError(`a word too many: beside options it takes ${words === 0 ? "none" : words}`, "--help shows what it takes.");
  }
  if (command !== true && rest !== null && rest.length > 0)
    throw usageError("nothing may stand behind -- here", "Say it before the --, or without one; --help shows what it takes.");
}

/** The lines of `--help` for options, aligned. */
export function optionLines(options: Options): string[] {
  const left = Object.entries(options).map(([name, { short, value }]) => {
    const head = `${short === undefined ? "    " : `-${short}, `}--${name}`;
    return value === undefined ? head : `${head} <${value}>`;
  });
  const width = Math.max(0, ...left.map((text) => text.length)) + 2;
  return Object.values(options).map(({ help }, at) => `  ${left[at]!.padEnd(width)}${help}`);
}
