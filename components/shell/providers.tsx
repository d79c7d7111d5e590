"use client";
/** Everything that pages need around them, once, in the root layout: queries, tooltips, toasts, the nonce for Base UI's style tags. */
import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { ProblemError } from "#lib/http/client";
import { Toaster } from "../ui/toast.tsx";
import { BrowserTimeZone } from "./browser-time-zone.tsx";

type ProvidersProps = { nonce: string | undefined; timeZoneUnknown: boolean; children: ReactNode };

export function Providers({ nonce, timeZoneUnknown, children }: ProvidersProps) {
  const [client] = useState(makeQueryClient);
  return (
    <CSPProvider nonce={nonce}>
      <QueryClientProvider client={client}>
        <Tooltip.Provider delay={350}>
          <BrowserTimeZone wanted={timeZoneUnknown}>
            {children}
            <Toaster />
          </BrowserTimeZone>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}

/** A refusal is an answer: only what did not reach the server, or broke there, is tried again, twice. */
function makeQueryClient(): QueryClient {
  const isRefusal = (error: unknown): boolean => error instanceof ProblemError && error.status < 500;
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: { queries: { staleTime: 5000, retry: (failures, error) => failures < 2 && !isRefusal(error) } },
  });
}

/** A session that ended meanwhile is not an error of what was asked: one signs in again and comes back. */
function leaveWhenSignedOut(error: unknown): void {
  if (!(error instanceof ProblemError) || error.code !== "not-signed-in" || location.pathname === "/sign-in") return;
  location.assign(`/sign-in?${new URLSearchParams({ ended: "1", to: location.pathname + location.search })}`);
}
