"use client";
/** `<DecisionTable decisions />`: every backup of the chosen day, newest first: whether it stays, and why. */
import { CircleCheck, Trash2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useMemo, useState } from "react";
import type { RetentionDecisionDto } from "#lib/contracts/policies";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { EmptyState } from "../state/empty-state.tsx";
import { Button } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

const filters = ["all", "keep", "trash"] as const;
const firstShown = 12;
const step = 50;

export function DecisionTable({ decisions }: { decisions: readonly RetentionDecisionDto[] }) {
  const t = useTranslations("policies.simulation");
  const [filter, setFilter] = useState<(typeof filters)[number]>("all");
  const [limit, setLimit] = useState(firstShown);
  const sorted = useMemo(() => decisions.toSorted((a, b) => b.snapshotAt.localeCompare(a.snapshotAt)), [decisions]);
  const times = useMemo(() => new Map(decisions.map(({ backupId, snapshotAt }) => [backupId, snapshotAt])), [decisions]);
  const matching = sorted.filter(({ verdict }) => filter === "all" || verdict === filter);
  if (decisions.length === 0) {
    return (
      <EmptyState icon={CircleCheck} title={t("none")}>
        {t("noneText")}
      </EmptyState>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold tracking-tight text-ink">{t("decisions")}</h3>
        <Segmented
          label={t("show")}
          value={filter}
          onValueChange={(next) => {
            setFilter(next);
            setLimit(firstShown);
          }}
          options={filters.map((each) => ({ value: each, label: t(`filters.${each}`) }))}
        />
      </div>
      {matching.length === 0 ? (
        <p className="text-sm text-ink-2">{t("noneOf")}</p>
      ) : (
        <TableFrame label={t("decisions")} className="relative -mx-4 sm:-mx-5">
          <thead>
            <tr>
              <Th>{t("backup")}</Th>
              <Th>{t("verdict")}</Th>
              <Th className="max-md:hidden">{t("kind")}</Th>
              <Th num className="max-sm:hidden">
                {t("size")}
              </Th>
            </tr>
          </thead>
          <tbody>
            {matching.slice(0, limit).map((decision) => (
              <Row
                key={decision.backupId}
                decision={decision}
                neededAt={decision.neededBy === null ? undefined : times.get(decision.neededBy)}
              />
            ))}
          </tbody>
        </TableFrame>
      )}
      {matching.length > limit ? (
        <div>
          <Button size="sm" onClick={() => setLimit(limit + step)}>
            {t("more", { count: Math.min(step, matching.length - limit) })}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Row({ decision, neededAt }: { decision: RetentionDecisionDto; neededAt: string | undefined }) {
  const t = useTranslations("policies.simulation");
  const reasons = useTranslations("policies.reasons");
  const kinds = useTranslations("backups.kinds");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const isKept = decision.verdict === "keep";
  const Icon = isKept ? CircleCheck : Trash2;
  const time = formatMinute(decision.snapshotAt, settings);
  return (
    <tr>
      <Td className="align-top nums">
        {decision.exists ? (
          <Link href={`/backups/${decision.backupId}`} className="link font-medium sm:whitespace-nowrap">
            {time}
          </Link>
        ) : (
          <>
            <span className="text-ink-2 sm:whitespace-nowrap">{time}</span> <span className="text-xs text-ink-3">({t("planned")})</span>
          </>
        )}
        <span className="block text-xs text-ink-3 md:hidden">{kinds(decision.kind)}</span>
      </Td>
      <Td className="align-top">
        <span className="flex items-start gap-2">
          <Icon aria-hidden className={isKept ? "mt-0.5 size-4 shrink-0 text-good" : "mt-0.5 size-4 shrink-0 text-warn"} strokeWidth={2} />
          <span className="min-w-0">
            <span className="font-medium">{t(decision.verdict)}</span>
            <span className="block text-[0.8125rem] text-ink-2">
              {neededAt === undefined ? reasons(decision.reason) : t("neededBy", { time: formatMinute(neededAt, settings) })}
            </span>
          </span>
        </span>
      </Td>
      <Td className="align-top max-md:hidden">{kinds(decision.kind)}</Td>
      <Td num className="align-top max-sm:hidden">
        {!decision.exists && decision.storedBytes === 0 ? "–" : formatBytes(decision.storedBytes, settings.locale)}
      </Td>
    </tr>
  );
}
