"use client";
/** `<CleanUpProof cleanUp />`: what was looked for after the copy was removed, and how much of it was found. */
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { StatusIcon } from "../status/status-badge.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

const kinds = ["databases", "processes", "folders", "files"] as const;

export function CleanUpProof({ cleanUp }: { cleanUp: NonNullable<DrillDetailDto["cleanUp"]> }) {
  const t = useTranslations("drills.wizard.cleanUp");
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-[0.8125rem] text-ink-2">{t.rich("at", { time: () => <AbsoluteTime at={cleanUp.at} seconds /> })}</p>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1 sm:grid-cols-4">
        {kinds.map((kind) => (
          <li key={kind} className="flex items-center gap-2 text-[0.8125rem] text-ink">
            <StatusIcon status={cleanUp[kind] === 0 ? "drillCheck.passed" : "drillCheck.failed"} named={false} />
            {t(kind, { count: cleanUp[kind] })}
          </li>
        ))}
      </ul>
      {cleanUp.detail === "" ? null : <p className="text-xs wrap-anywhere text-ink-3">{cleanUp.detail}</p>}
    </div>
  );
}
