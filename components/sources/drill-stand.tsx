"use client";
/**
 * Where a source stands with its drills. `<ProofCell source />` in a row: when it was last proven, and below it whatever wants a look;
 * `<DrillStand source />` among facts: the state in words, with its date.
 */
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { SourceDto } from "#lib/contracts/sources";
import { StatusBadge } from "../status/status-badge.tsx";
import type { StatusKey } from "../status/status-record.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { wantsLook } from "./wants-look.ts";

type Source = Pick<SourceDto, "lastProvenAt" | "drill" | "isSample">;

export function ProofCell({ source, never }: { source: Source; never: ReactNode }) {
  const t = useTranslations("sources.stand");
  // The sample is practice: nobody has to look after it.
  const status = source.isSample ? null : wantsLook(source.drill);
  return (
    <span className="inline-flex flex-col items-start gap-1">
      <RelativeTime at={source.lastProvenAt} className="whitespace-nowrap" never={never} />
      {status === null ? null : (
        <span>
          <span className="sr-only">{t("label")}: </span>
          <StatusBadge status={status} />
        </span>
      )}
    </span>
  );
}

export function DrillStand({ source }: { source: Source }) {
  const t = useTranslations("sources.stand");
  const { drill } = source;
  if (drill === null) return null;
  const status: StatusKey = drill.due === "running" ? "due.running" : (wantsLook(drill) ?? `due.${drill.due}`);
  const due = () => <RelativeTime at={drill.nextDueAt} />;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusBadge status={status} />
      {drill.openId !== null ? (
        <Link href={`/drills/${drill.openId}`} className="link">
          {t("running")}
        </Link>
      ) : drill.lastVerdict === "failed" && drill.lastId !== null ? (
        <Link href={`/drills/${drill.lastId}`} className="link">
          {t("failed")}
        </Link>
      ) : drill.due === "none" ? null : (
        <span>{t.rich(drill.due === "overdue" || drill.due === "due" ? "since" : "next", { age: due })}</span>
      )}
    </span>
  );
}
