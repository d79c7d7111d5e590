import { reasonOf } from "#lib/domain/error";
import type { Engine, EngineContext, RestoreRequest } from "#lib/engines/port";

/**
 * Whether a database that a restore may have been making holds nothing yet, so that it may be removed. One whose removal was cut off
 * half-way holds nothing that anybody could read; one that is gone is not there to be removed.
 */
export async function isEmptyDatabase(engine: Engine, request: RestoreRequest, engineContext: EngineContext): Promise<boolean> {
  try {
    return (await engine.digestCopy(request, engineContext)).length === 0;
  } catch (error) {
    const { code } = reasonOf(error);
    if (code === "database-dropped") return true;
    if (code === "database-missing") return false;
    throw error;
  }
}
