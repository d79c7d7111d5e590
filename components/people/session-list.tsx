"use client";
/** `<SessionList sessions={items} onEnd={…} />`: each with its browser, where it comes from and when it was last seen. */
import { Monitor, Smartphone, Terminal } from "lucide-react";
import { useTranslations } from "next-intl";
import type { SessionDto } from "#lib/contracts/people";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { readUserAgent } from "./user-agent.ts";

const icons = { desktop: Monitor, phone: Smartphone, script: Terminal } as const;

type SessionListProps = {
  label: string;
  sessions: readonly SessionDto[];
  /** Ends one; without it nothing can be ended here. */
  onEnd?: (session: SessionDto) => void;
  /** The one that is being ended. */
  pendingId?: string | undefined;
};

export function SessionList({ label, sessions, onEnd, pendingId }: SessionListProps) {
  const t = useTranslations("people.sessions");
  const nameOf = useDeviceName();
  return (
    <ul aria-label={label} className="divide-y divide-line/70">
      {sessions.map((session) => {
        const Icon = icons[readUserAgent(session.userAgent).kind];
        return (
          <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
            <Icon aria-hidden className="size-5 shrink-0 text-ink-3" strokeWidth={1.7} />
            <div className="min-w-0 flex-1 basis-56">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
                <span title={session.userAgent}>{nameOf(session.userAgent)}</span>
                {session.current ? <Badge tone="accent">{t("current")}</Badge> : null}
              </p>
              <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
                <span className="font-mono">{session.address}</span>
                <span>{t.rich("since", { time: () => <AbsoluteTime at={session.createdAt} /> })}</span>
                <span>{t.rich("seen", { age: () => <RelativeTime at={session.lastSeenAt} /> })}</span>
              </p>
            </div>
            {onEnd === undefined || session.current ? null : (
              <Button size="sm" pending={pendingId === session.id} onClick={() => onEnd(session)}>
                {t("end")} <span className="sr-only">{nameOf(session.userAgent)}</span>
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function useDeviceName(): (userAgent: string) => string {
  const t = useTranslations("people.sessions");
  return (userAgent) => {
    const { browser, system } = readUserAgent(userAgent);
    if (browser !== null && system !== null) return t("device", { browser, system });
    return browser ?? system ?? t("unknownDevice");
  };
}
