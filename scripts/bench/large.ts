import { fillLargeCatalogue, type LargeCatalogue, suiteSize } from "#lib/testing/large-catalogue";
import type { Station } from "./station.ts";

const filled = new WeakMap<Station, LargeCatalogue>();

/** 100,000 backups of 1,000 sources in the station's catalogue; those of the first call stay. */
export async function fillOnce(station: Station, say: (line: string) => void): Promise<LargeCatalogue> {
  const known = filled.get(station);
  if (known !== undefined) return known;
  say("  filling the catalogue with 100,000 backups …");
  const ids = await fillLargeCatalogue(station.context.db, suiteSize);
  filled.set(station, ids);
  return ids;
}
