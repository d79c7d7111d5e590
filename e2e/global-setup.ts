import type { FullConfig } from "playwright/test";
import { startSurroundings } from "./start-surroundings.ts";
import { tellTests, wereTold } from "./surroundings.ts";

type Started = Awaited<ReturnType<typeof startSurroundings>>;

/** Starts what the journeys look at, once for each worker, unless the environment names what `keep-running.ts` started. */
export default async function setUp({ workers }: FullConfig): Promise<() => Promise<void>> {
  if (wereTold()) return () => Promise.resolve();
  const all: Started[] = [];
  const stop = async () => {
    const ends = await Promise.allSettled(all.map((one) => one.stop()));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
  try {
    // The first one builds the pages; the others find them built.
    for (let index = 0; index < workers; index += 1) all.push(await startSurroundings());
  } catch (error) {
    await stop();
    throw error;
  }
  tellTests(all.map(({ started }) => started));
  return stop;
}
