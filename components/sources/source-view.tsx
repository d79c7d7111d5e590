"use client";
/** One source: what it is, what would stop a backup, and its tabs. The open tab lives in the address. */
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { formatMinute } from "#lib/format/time";
import { getSourceQuery } from "#lib/query/sources";
import { DrillTab } from "../drill-plans/drill-tab.tsx";
import { StartDrill } from "../drills/start-drill.tsx";
import { FingerprintTab } from "../fingerprints/fingerprint-tab.tsx";
import { SourceIncidents } from "../incidents/source-incidents.tsx";
import { PolicyTab } from "../policies/policy-tab.tsx";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { Notice } from "../ui/notice.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { BackUpButton } from "./back-up-button.tsx";
import { BackupsTab } from "./backups-tab.tsx";
import { leftOutNames } from "./left-out.ts";
import { PauseButton } from "./pause-button.tsx";
import { RecoveryTab } from "./recovery-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { SourceFacts } from "./source-facts.tsx";
import { SourceBadges } from "./source-list.tsx";
import { useSourcePlace } from "./source-place.ts";

const tabNames = ["recovery", "backups", "policy", "drill", "fingerprint", "settings"] as const;
type TabName = (typeof tabNames)[number];

export function SourceView({ id }: { id: string }) {
  const t = useTranslations("sources");
  const can = useCan();
  const placeOf = useSourcePlace();
  const router = useRouter();
  const search = useSearchParams();
  const { data: source, error, refetch } = useQuery(getSourceQuery(id));
  if (source === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const tab = tabNames.find((name) => name === search.get("tab")) ?? "recovery";
  const shown: readonly TabName[] = tabNames.filter((name) =>
    name === "settings" ? can("sources:write") : name === "policy" ? can("policies:read") : name !== "drill" || can("drills:read"),
  );
  const content = {
    recovery: <RecoveryTab source={source} />,
    backups: <BackupsTab sourceId={source.id} />,
    policy: tab === "policy" ? <PolicyTab source={source} /> : null,
    drill: tab === "drill" ? <DrillTab source={source} /> : null,
    fingerprint: tab === "fingerprint" ? <FingerprintTab source={source} /> : null,
    settings: <SettingsTab key={source.version} source={source} />,
  };
  return (
    <Page>
      <PageHeader
        title={source.name}
        crumbs={[{ href: "/sources", label: t("title") }]}
        badges={<SourceBadges source={source} />}
        description={<span className="wrap-anywhere">{placeOf(source)}</span>}
        actions={
          <>
            {can("sources:write") ? <PauseButton source={source} /> : null}
            {tab === "drill" ? null : <StartDrill source={source} />}
            <BackUpButton source={source} />
          </>
        }
      />
      <SourceIncidents sourceId={source.id} />
      <SourceNotices source={source} />
      <SourceFacts source={source} />
      <Tabs
        value={tab}
        onValueChange={(next) => router.replace(next === "recovery" ? `/sources/${id}` : `/sources/${id}?tab=${next}`, { scroll: false })}
        tabs={shown.map((name) => ({ value: name, label: t(`one.tabs.${name}`), content: content[name] }))}
      />
    </Page>
  );
}

function SourceNotices({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.one");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const leftOut = leftOutNames(source);
  if (source.blockers.length === 0 && leftOut.length === 0 && source.pausedAt === null) return null;
  return (
    <div className="flex flex-col gap-3">
      {source.pausedAt === null ? null : (
        <Notice tone="warn">
          {source.pausedUntil === null ? t("pausedSince") : t("pausedUntil", { time: formatMinute(source.pausedUntil, settings) })}
        </Notice>
      )}
      {source.blockers.length === 0 ? null : (
        <Notice tone="bad" title={t("blocked")}>
          <ul className="flex flex-col gap-2">
            {source.blockers.map((reason) => (
              <li key={reason.code}>
                <ReasonText reason={reason} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {leftOut.length === 0 ? null : (
        <Notice title={t("leftOut")}>
          <span className="font-mono text-[0.8125rem] wrap-anywhere">{leftOut.join(", ")}</span>
        </Notice>
      )}
    </div>
  );
}
