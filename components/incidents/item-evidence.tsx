"use client";
/** `<ItemEvidence item incident />`: what the catalogue knows about an item, so that nobody confirms it from memory. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import type { SourceDetailDto } from "#lib/contracts/sources";
import type { IncidentItem } from "#lib/domain/incident-state";
import { getSourceQuery } from "#lib/query/sources";
import { StatusIcon } from "../status/status-badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

type EvidenceProps = { item: IncidentItem; incident: IncidentDetailDto };

export function ItemEvidence({ item, incident }: EvidenceProps) {
  const isKnown = incident.sourceId !== null && (item === "backup-reachable" || item === "restore-tested");
  const { data: source } = useQuery({ ...getSourceQuery(incident.sourceId ?? ""), enabled: isKnown });
  if (!isKnown || source === undefined) return null;
  return item === "backup-reachable" ? (
    <BackupEvidence source={source} openedAt={incident.openedAt} />
  ) : (
    <ProofEvidence source={source} openedAt={incident.openedAt} />
  );
}

type Known = { source: SourceDetailDto; openedAt: string };

function BackupEvidence({ source, openedAt }: Known) {
  const t = useTranslations("incidents.checklist.evidence");
  const { lastGoodAt, lastGoodBackupId, lastVerifiedAt } = source;
  if (lastGoodAt === null || lastGoodBackupId === null) return <Evidence isGood={false}>{t("neverBackedUp")}</Evidence>;
  return (
    <Evidence isGood={lastGoodAt > openedAt}>
      <Link href={`/backups/${lastGoodBackupId}`} className="link">
        {t.rich("backup", { age: () => <RelativeTime at={lastGoodAt} /> })}
      </Link>
      , {t(lastGoodAt > openedAt ? "since" : "before")}
      {lastVerifiedAt === null ? null : <>; {t.rich("verified", { age: () => <RelativeTime at={lastVerifiedAt} /> })}</>}
    </Evidence>
  );
}

function ProofEvidence({ source, openedAt }: Known) {
  const t = useTranslations("incidents.checklist.evidence");
  const { lastProvenAt } = source;
  if (lastProvenAt === null) return <Evidence isGood={false}>{t("neverProven")}</Evidence>;
  return (
    <Evidence isGood={lastProvenAt > openedAt}>
      {t.rich("proven", { age: () => <RelativeTime at={lastProvenAt} /> })}, {t(lastProvenAt > openedAt ? "since" : "before")}
    </Evidence>
  );
}

function Evidence({ isGood, children }: { isGood: boolean; children: ReactNode }) {
  return (
    <p className="mt-1 flex items-start gap-1.5 text-xs text-ink-2">
      <StatusIcon status={isGood ? "check.passed" : "preflight.warning"} named={false} className="mt-px size-3.5" />
      <span>{children}</span>
    </p>
  );
}
