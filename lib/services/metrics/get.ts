import { writeExposition } from "#lib/domain/prometheus-text";
import packageFacts from "../../../package.json" with { type: "json" };
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { readInstallationFamilies } from "./installation-families.ts";
import { readRunFamilies } from "./run-families.ts";
import { readSourceFamilies } from "./source-families.ts";

/** Everything that Prometheus is told, in its text format. Throws `not-allowed`. */
export async function getMetrics(context: ServiceContext): Promise<string> {
  authorise(context, "system:read");
  const startedMs = performance.now();
  const now = context.now();
  const families = await Promise.all([
    readSourceFamilies(context.db, now),
    readRunFamilies(context.db, now),
    readInstallationFamilies(context.db, now),
  ]);
  return writeExposition([
    { name: "lifeboat_info", samples: [[[packageFacts.version], 1]] },
    ...families.flat(),
    { name: "lifeboat_scrape_seconds", samples: [[[], (performance.now() - startedMs) / 1000]] },
  ]);
}
