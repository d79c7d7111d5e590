import type { IncomingMessage } from "node:http";
import { importPartBytes } from "#lib/contracts/imports";

const readOutMs = 5_000;

/**
 * A client that still sends does not read: what is left of a refused part is taken, so that the answer arrives. Resolves with the body's end,
 * after the bytes of two parts or after five seconds, whatever comes first; never throws.
 */
export async function readOut(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, readOutMs);
    const done = () => (clearTimeout(timer), resolve());
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > 2 * importPartBytes) done();
    });
    for (const event of ["end", "close", "error"]) incoming.once(event, done);
    incoming.resume();
  });
}
