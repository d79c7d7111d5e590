/** A report as a reader sees it, in words of one language; files of different kinds are made from it. */
export type ReportDocument = {
  readonly language: "en" | "es";
  readonly title: string;
  readonly subtitle: string;
  readonly verdict: Toned;
  readonly sections: readonly Section[];
  /** When and by what it was written; the same on every page. */
  readonly footer: string;
  readonly writtenAt: Date;
  readonly pageText: (page: number, pages: number) => string;
  /** Said where a file lacks letters. */
  readonly missingGlyphs: string;
};

export type Tone = "plain" | "good" | "warning" | "bad" | "quiet";
export type Toned = { readonly text: string; readonly tone: Tone };

export type Section = { readonly title: string; readonly blocks: readonly Block[] };

export type Block =
  | { readonly type: "facts"; readonly rows: readonly Fact[] }
  | { readonly type: "table"; readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly type: "paragraph"; readonly text: string; readonly isQuiet?: boolean }
  /** Output of programs and the like: kept line by line. */
  | { readonly type: "evidence"; readonly title: string; readonly text: string };

export type Fact = { readonly label: string; readonly value: string; readonly tone?: Tone };
/** `share` of the table's width. */
export type Column = { readonly title: string; readonly share: number; readonly align?: "right" };
/** `below`: said in small letters under the text. */
export type Cell = { readonly text: string; readonly tone?: Tone; readonly below?: string };

/**
 * How much of long texts is told: `whole` (Markdown), `full` (PDF as a rule), and two shorter forms for drills with so many checks that the PDF would be
 * longer than three pages. Every check is there in all of them.
 */
export const details = ["whole", "full", "short", "shortest"] as const;
export type Detail = (typeof details)[number];
