import { createLogger } from "#lib/log/log";

/** Says nothing: what tests provoke on purpose would only fill their output. */
export const quietLogger = createLogger("error", {}, () => undefined);
