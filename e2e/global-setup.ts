import { startSurroundings } from "./start-surroundings.ts";
import { tellTests, wereTold } from "./surroundings.ts";

/** Starts what the journeys look at, unless the environment names what `keep-running.ts` started. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (wereTold()) return () => Promise.resolve();
  const { started, stop } = await startSurroundings();
  tellTests(started);
  return stop;
}
