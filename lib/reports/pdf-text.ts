import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The alphabets that the fonts have, in the order in which they are asked for a letter. */
const alphabets = ["latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese"] as const;
const weights = { regular: 400, bold: 700 } as const;
export type Weight = keyof typeof weights;

export type Run = { readonly text: string; readonly font: string };
export type Line = readonly Run[];

/** Breaks text into lines and tells how wide they are. Sizes in points. */
export type Typesetter = {
  readonly lines: (text: string, style: { weight: Weight; size: number; width: number }) => Line[];
  readonly width: (line: Line, size: number) => number;
  /** True once a letter had to be written as its code. */
  readonly lacksLetters: () => boolean;
};

/** Signs that the fonts lack and everybody reads in another form, too. */
const spellings: Readonly<Record<string, string>> = {
  "→": "->",
  "←": "<-",
  "≥": ">=",
  "≤": "<=",
  "≠": "!=",
  "✓": "+",
  "✗": "x",
  "\t": "    ",
};

/** Registers the fonts (Noto Sans, Latin, Greek and Cyrillic) with a document of pdfkit; only what is used is embedded. */
export async function loadTypesetter(document: PDFKit.PDFDocument): Promise<Typesetter> {
  const covers = new Map<string, (codePoint: number) => boolean>();
  for (const weight of ["regular", "bold"] as const) {
    for (const alphabet of alphabets) {
      const name = `${weight}:${alphabet}`;
      document.registerFont(name, await fontFile(alphabet, weights[weight]));
      document.font(name);
      const { font } = (document as unknown as { _font: { font: { hasGlyphForCodePoint: (codePoint: number) => boolean } } })._font;
      covers.set(name, (codePoint) => font.hasGlyphForCodePoint(codePoint));
    }
  }
  let lacksLetters = false;
  const widths = new Map<string, number>();

  const widthOf = ({ text, font }: Run, size: number): number => {
    const key = `${font}\n${text}`;
    const known = widths.get(key) ?? document.font(font).fontSize(1000).widthOfString(text);
    widths.set(key, known);
    return (known * size) / 1000;
  };
  const width = (line: Line, size: number) => line.reduce((sum, run) => sum + widthOf(run, size), 0);

  const fontOf = (letter: string, weight: Weight): string | undefined =>
    alphabets.map((alphabet) => `${weight}:${alphabet}`).find((name) => covers.get(name)?.(letter.codePointAt(0) ?? 0));

  /** A word in pieces of one font each. */
  const runsOf = (text: string, weight: Weight): Run[] => {
    const runs: { text: string; font: string }[] = [];
    for (const letter of text) {
      const font = fontOf(letter, weight);
      const spelled = font === undefined ? (spellings[letter] ?? `[U+${hex(letter)}]`) : letter;
      if (font === undefined && spellings[letter] === undefined) lacksLetters = true;
      const last = runs.at(-1);
      const used = font ?? `${weight}:latin`;
      if (last?.font === used) last.text += spelled;
      else runs.push({ text: spelled, font: used });
    }
    return runs;
  };

  const lines: Typesetter["lines"] = (text, { weight, size, width: most }) =>
    text
      .normalize("NFC")
      .toWellFormed()
      .split(/\r\n|[\r\n]/u)
      .flatMap((paragraph) =>
        broken(
          paragraph,
          (word) => runsOf(word, weight),
          (runs) => width(runs, size),
          most,
        ),
      );
  return { lines, width, lacksLetters: () => lacksLetters };
}

/** Greedy lines: at spaces, and inside words that are longer than a line (hashes, file names). */
function broken(paragraph: string, runsOf: (text: string) => Run[], width: (runs: Line) => number, most: number): Line[] {
  const lines: Line[] = [];
  let line: Run[] = [];
  let used = 0;
  const end = () => {
    lines.push(joined(line));
    line = [];
    used = 0;
  };
  for (const word of paragraph.match(/ +|[^ ]+/gu) ?? []) {
    const runs = runsOf(word);
    const wide = width(runs);
    if (used + wide <= most || (word.trim() === "" && line.length > 0)) {
      line.push(...runs);
      used += wide;
      continue;
    }
    if (line.length > 0 && wide <= most) {
      end();
      if (word.trim() === "") continue;
      line = [...runs];
      used = wide;
      continue;
    }
    for (const letter of runs.flatMap((run) => Array.from(run.text, (text) => ({ text, font: run.font })))) {
      const step = width([letter]);
      if (used + step > most && line.length > 0) end();
      line.push(letter);
      used += step;
    }
  }
  end();
  return lines;
}

function joined(runs: readonly Run[]): Line {
  const merged: { text: string; font: string }[] = [];
  for (const { text, font } of runs) {
    const last = merged.at(-1);
    if (last?.font === font) last.text += text;
    else merged.push({ text, font });
  }
  return merged;
}

function hex(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

const files = new Map<string, Promise<Buffer>>();

/** Both processes run in the folder that Lifeboat is installed in. woff, because subsets of woff2 fail in fontkit 2.0 for composed letters. */
function fontFile(alphabet: string, weight: number): Promise<Buffer> {
  const name = `noto-sans-${alphabet}-${weight}-normal.woff`;
  const known = files.get(name);
  if (known !== undefined) return known;
  const read = readFile(join(/* turbopackIgnore: true */ process.cwd(), "node_modules", "@fontsource", "noto-sans", "files", name));
  files.set(name, read);
  read.catch(() => files.delete(name));
  return read;
}
