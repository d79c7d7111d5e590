"use client";
/** What the operators of such a system ask every morning: broken chains, never verified, failures of the last days, unknown files. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { IntegrityDto } from "#lib/contracts/storage";
import { runTypes } from "#lib/domain/run-state";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { getIntegrityQuery } from "#lib/query/storage";
import { useListState } from "../data-table/use-list-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText, useReasonText } from "../state/reason.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { dayChoices, integrityDays, integritySpec } from "./integrity-spec.tsx";

export function IntegrityPage() {
  const t = useTranslations("storage.integrity");
  const list = useListState(integritySpec);
  const { data, error, refetch } = useQuery(getIntegrityQuery(integrityDays(list.values)));
  const days = list.values.days ?? "7";
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-[0.8125rem] text-ink-2">{t("lead")}</p>
        <Segmented
          label={t("days")}
          value={days}
          onValueChange={(next) => list.set({ days: next === "7" ? undefined : next })}
          options={dayChoices.map((value) => ({ value, label: t("dayChoice", { days: Number(value) }) }))}
        />
      </div>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsSkeleton rows={6} />
        )
      ) : (
        <>
          <Figures integrity={data} days={Number(days)} />
          <BrokenChains integrity={data} />
          <NeverVerified integrity={data} />
          <Failures integrity={data} days={Number(days)} />
        </>
      )}
    </>
  );
}

function Figures({ integrity, days }: { integrity: IntegrityDto; days: number }) {
  const t = useTranslations("storage.integrity");
  return (
    <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Figure href="#broken" count={integrity.brokenChains.length} label={t("figures.broken")} bad />
      <Figure href="#never-verified" count={integrity.neverVerified.count} label={t("figures.neverVerified")} />
      <Figure href="#failures" count={integrity.failures.length} label={t("figures.failures", { days })} bad />
      <Figure
        href="/settings/storage#orphans"
        count={integrity.orphans}
        unknown={integrity.scannedAt === null}
        label={t("figures.orphans")}
        hint={
          integrity.scannedAt === null
            ? t("figures.neverScanned")
            : t.rich("figures.scanned", { time: () => <RelativeTime at={integrity.scannedAt} /> })
        }
      />
    </ul>
  );
}

type FigureProps = { href: string; count: number; label: string; hint?: ReactNode; bad?: boolean; unknown?: boolean };

function Figure({ href, count, label, hint, bad, unknown }: FigureProps) {
  const locale = useLocale();
  return (
    <li className="relative rounded-card border border-line bg-surface px-4 py-3.5 shadow-card hover:border-line-strong">
      <Link href={href} className="flex items-center gap-2 after:absolute after:inset-0">
        <StatusIcon
          status={unknown ? "proof.never" : count === 0 ? "check.passed" : bad ? "check.failed" : "answers.unsettled"}
          named={false}
        />
        <span className="text-2xl font-semibold tracking-tight text-ink nums">{unknown ? "–" : formatCount(count, locale)}</span>
        <span className="sr-only">{label}</span>
      </Link>
      <p aria-hidden className="text-[0.8125rem] text-ink-2">
        {label}
      </p>
      {hint === undefined ? null : <p className="text-xs text-ink-3">{hint}</p>}
    </li>
  );
}

function BrokenChains({ integrity }: { integrity: IntegrityDto }) {
  const t = useTranslations("storage.integrity");
  return (
    <Listing id="broken" title={t("broken.title")} lead={t("broken.lead")} empty={t("broken.none")} count={integrity.brokenChains.length}>
      <ul className="divide-y divide-line/70">
        {integrity.brokenChains.map((chain) => (
          <li key={chain.chainId} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3 sm:px-5">
            <div className="min-w-0 flex-1 basis-72">
              <Link href={`/chains/${chain.chainId}`} className="link text-sm font-medium">
                {t("broken.chain", { source: chain.sourceName })}
              </Link>
              <p className="text-[0.8125rem] text-ink-2">{t("broken.members", { broken: chain.brokenMembers, total: chain.members })}</p>
              <ReasonText reason={chain.reason} className="mt-1" />
            </div>
            <ButtonLink size="sm" href={`/chains/${chain.chainId}`}>
              {t("broken.open")}
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Listing>
  );
}

function NeverVerified({ integrity }: { integrity: IntegrityDto }) {
  const t = useTranslations("storage.integrity");
  const locale = useLocale();
  const { count, oldest } = integrity.neverVerified;
  return (
    <Listing
      id="never-verified"
      title={t("neverVerified.title")}
      lead={t("neverVerified.lead")}
      empty={t("neverVerified.none")}
      count={count}
      actions={
        <ButtonLink size="sm" href="/backups?proof=unverified&sort=snapshotAt">
          {t("neverVerified.all", { count })}
        </ButtonLink>
      }
    >
      <TableFrame label={t("neverVerified.title")} className="relative">
        <thead>
          <tr>
            <Th>{t("source")}</Th>
            <Th>{t("stateOf")}</Th>
            <Th num>{t("stored")}</Th>
          </tr>
        </thead>
        <tbody>
          {oldest.map((backup) => (
            <tr key={backup.backupId}>
              <Td>{backup.sourceName}</Td>
              <Td>
                <Link href={`/backups/${backup.backupId}`} className="link nums">
                  <AbsoluteTime at={backup.snapshotAt} />
                </Link>
              </Td>
              <Td num className="whitespace-nowrap">
                {formatBytes(backup.storedBytes, locale)}
              </Td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Listing>
  );
}

function Failures({ integrity, days }: { integrity: IntegrityDto; days: number }) {
  const t = useTranslations("storage.integrity");
  const types = useTranslations("runs.types");
  const tell = useReasonText();
  const typeName = (type: string) => {
    const known = runTypes.find((each) => each === type);
    return known === undefined ? type : types(known);
  };
  return (
    <Listing
      id="failures"
      title={t("failures.title", { days })}
      lead={t("failures.lead")}
      empty={t("failures.none")}
      count={integrity.failures.length}
    >
      <TableFrame label={t("failures.title", { days })} className="relative">
        <thead>
          <tr>
            <Th>{t("failures.run")}</Th>
            <Th>{t("source")}</Th>
            <Th>{t("failures.when")}</Th>
            <Th>{t("failures.why")}</Th>
          </tr>
        </thead>
        <tbody>
          {integrity.failures.map((failure) => (
            <tr key={failure.runId}>
              <Td>
                <Link href={`/runs/${failure.runId}`} className="link font-medium">
                  {typeName(failure.type)}
                </Link>
              </Td>
              <Td>{failure.sourceName ?? "–"}</Td>
              <Td className="whitespace-nowrap">
                <RelativeTime at={failure.at} />
              </Td>
              <Td className="min-w-56 text-ink-2">{failure.error === null ? "–" : tell(failure.error).message}</Td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Listing>
  );
}

type ListingProps = { id: string; title: string; lead: string; empty: string; count: number; actions?: ReactNode; children: ReactNode };

function Listing({ id, title, lead, empty, count, actions, children }: ListingProps) {
  return (
    <Card id={id} title={title} description={lead} flush actions={count === 0 ? null : actions}>
      {count === 0 ? (
        <p className="flex items-center gap-2 px-4 py-4 text-sm text-ink-2 sm:px-5">
          <CircleCheck aria-hidden className="size-4 text-good" />
          {empty}
        </p>
      ) : (
        children
      )}
    </Card>
  );
}
