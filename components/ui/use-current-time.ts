"use client";
import { useNow } from "next-intl";
import { useCallback, useSyncExternalStore } from "react";

/**
 * The time now, to a step of `everyMs`. While a page is taken over from the server it is the server's time, so that both write the
 * same text; from then on this browser's. (`useNow` of next-intl begins with the time at which the first page was loaded.)
 */
export function useCurrentTime(everyMs: number): Date {
  const server = useNow();
  const subscribe = useCallback(
    (tell: () => void) => {
      const timer = setInterval(tell, everyMs);
      return () => clearInterval(timer);
    },
    [everyMs],
  );
  return new Date(
    useSyncExternalStore(
      subscribe,
      () => Math.floor(Date.now() / everyMs) * everyMs,
      () => server.getTime(),
    ),
  );
}
