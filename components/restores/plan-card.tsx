"use client";
/** `<PlanCard preview={preview} />`: the files that would be read, in the order of the chain, how much, how long, and from what time. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReadPlanDto, RestorePreviewDto } from "#lib/contracts/restores";
import { formatBytes, formatRate } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import { formatInstant } from "#lib/format/time";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { freeOf } from "./plan-numbers.ts";

export function PlanCard({ preview }: { preview: RestorePreviewDto }) {
  const t = useTranslations("restores.plan");
  return (
    <Card title={t("title")} description={t("lead")} flush>
      <div className="px-4 py-4 sm:px-5">
        <PlanFacts preview={preview} />
      </div>
      <Packs plan={preview.plan} />
    </Card>
  );
}

function PlanFacts({ preview }: { preview: RestorePreviewDto }) {
  const t = useTranslations("restores.plan");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { locale } = settings;
  const { plan } = preview;
  const free = freeOf(preview);
  const items: Fact[] = [
    { label: t("state"), value: formatInstant(plan.snapshotAt, settings) },
    ...(plan.gapSeconds === 0 && plan.wantedAt === plan.snapshotAt
      ? []
      : [
          { label: t("wanted"), value: formatInstant(plan.wantedAt, settings) },
          { label: t("gap"), value: formatDuration(plan.gapSeconds * 1000, locale), hint: t("gapHint") },
        ]),
    {
      label: t("reads"),
      value: t("readsText", { size: formatBytes(plan.readBytes, locale), count: plan.packs.length }),
      hint: t("from", { name: plan.destinationName }),
    },
    { label: t("result"), value: formatBytes(preview.streamBytes, locale), hint: t("resultHint") },
    {
      label: t("estimate"),
      value: plan.estimate === null ? t("estimateNone") : t("estimateAbout", { time: formatDuration(plan.estimate.milliseconds, locale) }),
      hint:
        plan.estimate === null
          ? t("estimateNoneHint")
          : t(`basis.${plan.estimate.of}`, { count: plan.estimate.basedOn, rate: formatRate(plan.estimate.bytesPerSecond, locale) }),
    },
    { label: t("free"), value: free === null ? t("freeUnknown") : formatBytes(free, locale) },
    {
      label: t("workerFree"),
      value: formatBytes(preview.workerFreeBytes, locale),
      hint: t("workerFreeHint"),
    },
  ];
  return <Facts columns={2} className="-my-2" items={items} />;
}

function Packs({ plan }: { plan: ReadPlanDto }) {
  const t = useTranslations("restores.plan");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  return (
    <TableFrame label={t("packs")} className="relative border-t border-line">
      <thead>
        <tr>
          <Th>{t("file")}</Th>
          <Th className="max-sm:hidden">{t("kind")}</Th>
          <Th num>{t("read")}</Th>
          <Th num className="max-sm:hidden">
            {t("size")}
          </Th>
          <Th num className="max-sm:hidden">
            {t("ranges")}
          </Th>
          <Th>{t("present")}</Th>
        </tr>
      </thead>
      <tbody>
        {plan.packs.map((pack) => (
          <tr key={pack.key}>
            <Td className="min-w-36">
              {pack.snapshotAt === null ? (
                <span className="text-ink-3">{t("gone")}</span>
              ) : (
                <Link href={`/backups/${pack.backupId}`} className="link nums">
                  <AbsoluteTime at={pack.snapshotAt} />
                </Link>
              )}
              <span className="block font-mono text-2xs break-all text-ink-3">{pack.key}</span>
            </Td>
            <Td className="max-sm:hidden">{pack.kind === null ? "–" : kinds(pack.kind)}</Td>
            <Td num className="whitespace-nowrap">
              {formatBytes(pack.readBytes, locale)}
            </Td>
            <Td num className="whitespace-nowrap max-sm:hidden">
              {formatBytes(pack.packBytes, locale)}
            </Td>
            <Td num className="max-sm:hidden">
              {formatCount(pack.ranges, locale)}
            </Td>
            <Td>
              <StatusBadge status={pack.present ? "pack.present" : "pack.missing"} />
            </Td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
