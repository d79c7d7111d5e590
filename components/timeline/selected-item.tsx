"use client";
/** `<SelectedItem sourceId item wanted />`: what the selected point of the time line holds and needs, and what can be done with it. */
import { useQuery } from "@tanstack/react-query";
import { ArchiveRestore, Link2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { RestorePointDto, RestorePointsDto } from "#lib/contracts/restore-points";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { getChainQuery } from "#lib/query/chains";
import { VerifyButton } from "../backups/verify-button.tsx";
import { memberReads } from "../chains/chain-numbers.ts";
import { useCan } from "../shell/me.tsx";
import { ReasonText } from "../state/reason.tsx";
import { Meter } from "../status/meter.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { PointSymbol } from "./point-mark.tsx";
import { shapeOf, type TimeLineItem } from "./time-line-model.ts";

export function SelectedItem({ item }: { item: TimeLineItem }) {
  return item.type === "point" ? <Point point={item.point} /> : <Missed missed={item.missed} />;
}

function Point({ point }: { point: RestorePointDto }) {
  const t = useTranslations("timeline.selected");
  const shapes = useTranslations("timeline.shapes");
  const can = useCan();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data: chain } = useQuery({ ...getChainQuery(point.chainId), refetchInterval: false });
  const member = chain?.rail.find(({ id }) => id === point.backupId);
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          <PointSymbol shape={shapeOf(point)} blocked={point.blocker !== null} />
          <AbsoluteTime at={point.to} seconds />
          <Badge>{shapes(shapeOf(point))}</Badge>
        </span>
      }
      description={point.label === "" ? undefined : point.label}
    >
      <div className="flex flex-col gap-4">
        {point.blocker === null ? null : (
          <Notice tone="bad" title={t("blocked")}>
            <ReasonText reason={point.blocker} />
          </Notice>
        )}
        <Meter meter={point.meter} />
        <Facts
          columns={2}
          className="-my-2"
          items={[
            { label: t("result"), value: formatBytes(point.streamBytes, settings.locale) },
            { label: t("needs"), value: point.packs === 1 ? t("needsNone") : t("needsPacks", { count: point.packs - 1 }) },
            { label: t("stored"), value: formatBytes(point.storedBytes, settings.locale) },
            {
              label: t("reads"),
              value: member === undefined ? null : formatBytes(memberReads(member), settings.locale),
              hint: t("readsHint"),
            },
          ]}
        />
        <div className="flex flex-wrap gap-2">
          {can("restores:create") && point.blocker === null ? (
            <ButtonLink
              variant="primary"
              icon={ArchiveRestore}
              href={`/restores/new?backup=${point.backupId}`}
              aria-label={t("restoreOf", { time: formatMinute(point.to, settings) })}
            >
              {t("restore")}
            </ButtonLink>
          ) : null}
          {can("backups:verify") ? <VerifyButton backupId={point.backupId} /> : null}
          <ButtonLink href={`/backups/${point.backupId}`}>{t("openBackup")}</ButtonLink>
          <ButtonLink icon={Link2} href={`/chains/${point.chainId}`}>
            {t("openChain")}
          </ButtonLink>
        </div>
      </div>
    </Card>
  );
}

function Missed({ missed }: { missed: RestorePointsDto["missed"][number] }) {
  const t = useTranslations("timeline");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          <PointSymbol shape="missed" />
          {t(`missed.${missed.state}`, { time: formatMinute(missed.at, settings) })}
        </span>
      }
      actions={
        <ButtonLink size="sm" href={`/runs/${missed.runId}`}>
          {t("selected.openRun")}
        </ButtonLink>
      }
    >
      {missed.error === null ? <p className="text-sm text-ink-2">{t("missed.noReason")}</p> : <ReasonText reason={missed.error} />}
    </Card>
  );
}
