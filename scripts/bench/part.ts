import type { Line } from "./report.ts";
import type { Station } from "./station.ts";

/** What parts share: the protected database, and how thorough to be. */
export type Bench = {
  readonly station: Station;
  readonly sourceId: string;
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Of what is generated; 1 is what the documented figures are measured with. */
  readonly scale: number;
  readonly say: (line: string) => void;
};

export type Part = (bench: Bench) => Promise<Line[]>;

/** What verbs want beside a body. */
export const nothing = { params: {}, query: {}, body: {}, ifMatch: null } as const;
