import type { Server } from "node:http";

/** How long open answers may finish after the process was told to stop, in milliseconds. */
const graceMs = 2500;

/**
 * Stops a server: no new connection, idle ones closed at once, the rest after a grace. Callers abort event streams and downloads first;
 * whatever still hangs is cut, so that this ends within about three seconds.
 */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
