"use client";
/** How other programs are connected: short how-tos with what to copy, each under an address of its own. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { listSourceNamesQuery } from "#lib/query/sources";
import { signatureCheck } from "../notifications/signature-check.ts";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Select } from "../ui/select.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { cliExamples, cliSetUp, gateCommand, prometheusConfig, staleCommand } from "./examples.ts";
import { Example, GuideSection } from "./guide-section.tsx";
import { StatusLink, type GuideSource } from "./status-link.tsx";
import { TextDownload } from "./text-download.tsx";
import { webhookExample } from "./webhook-example.ts";

/** Texts of docs/monitoring; null where they were not installed along. */
export type MonitoringFiles = { readonly dashboard: string | null; readonly rules: string | null };

const sections = ["metrics", "grafana", "badge", "switch", "webhooks", "deploy", "cli", "stale"] as const;
const ids = {
  metrics: "metrics",
  grafana: "grafana",
  badge: "badge",
  switch: "dead-man",
  webhooks: "webhooks",
  deploy: "deployments",
  cli: "command-line",
  stale: "if-stale",
} as const;

export function IntegrationsPage({ files }: { files: MonitoringFiles }) {
  const t = useTranslations("integrations");
  // The browser knows under which name Lifeboat is reached here; the server's first paint shows a name of nobody.
  const origin = useHydrated() ? location.origin : "https://lifeboat.example.org";
  const { data } = useQuery(listSourceNamesQuery());
  const [chosen, setChosen] = useState("");
  const sources: readonly GuideSource[] = data?.items ?? [];
  const source = sources.find(({ id }) => id === chosen) ?? sources[0] ?? null;
  const example = source ?? { id: "src_…", name: "shop" };
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <nav aria-label={t("contents")} className="lg:sticky lg:top-6">
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem] lg:flex-col">
          {sections.map((name) => (
            <li key={name}>
              <a href={`#${ids[name]}`} className="inline-block rounded py-0.5 text-ink-2 hover:text-ink hover:underline">
                {t(`${name}.title`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex max-w-3xl min-w-0 flex-col gap-6">
        <Metrics origin={origin} />
        <Grafana files={files} />
        {sources.length < 2 ? null : (
          <div className="flex flex-wrap items-center gap-3">
            <span className="text-[0.8125rem] text-ink-2">{t("sourceForExamples")}</span>
            <Select
              label={t("sourceForExamples")}
              value={source?.id ?? null}
              onValueChange={setChosen}
              options={sources.map(({ id, name }) => ({ value: id, label: name }))}
              className="w-auto! min-w-48"
            />
          </div>
        )}
        <GuideSection id={ids.badge} title={t("badge.title")} lead={t("badge.lead")}>
          <StatusLink source={source} origin={origin} />
        </GuideSection>
        <DeadMansSwitch />
        <Webhooks />
        <GuideSection
          id={ids.deploy}
          title={t("deploy.title")}
          lead={t("deploy.lead")}
          docs="docs/gates.md"
          actions={
            <ButtonLink size="sm" variant="ghost" href="/activity/gates">
              {t("deploy.seeGates")}
            </ButtonLink>
          }
        >
          <TokenHint>{t("deploy.token")}</TokenHint>
          <Example wrap label={t("deploy.cli")} code={gateCommand(origin, example.name)} />
        </GuideSection>
        <GuideSection id={ids.cli} title={t("cli.title")} lead={t("cli.lead")} docs="docs/cli.md">
          <Example label={t("cli.setUp")} code={cliSetUp(origin)} />
          <Example label={t("cli.examples")} code={cliExamples(example.name)} />
        </GuideSection>
        <GuideSection id={ids.stale} title={t("stale.title")} lead={t("stale.lead")}>
          <Example wrap label={t("stale.curl")} code={staleCommand(origin, example.id)} />
          <p className="text-xs text-ink-3">{t.rich("stale.recipes", { folder: () => <InlineCode>docs/recipes</InlineCode> })}</p>
        </GuideSection>
      </div>
    </div>
  );
}

/** What has to be there first, with the way to it for whom may go it. */
function TokenHint({ children }: { children: ReactNode }) {
  const t = useTranslations("integrations");
  const can = useCan();
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="min-w-0 flex-1 basis-64 text-sm text-ink-2">{children}</p>
      {can("tokens:manage") ? (
        <ButtonLink size="sm" href="/settings/tokens">
          {t("makeToken")}
        </ButtonLink>
      ) : null}
    </div>
  );
}

function Metrics({ origin }: { origin: string }) {
  const t = useTranslations("integrations.metrics");
  return (
    <GuideSection id={ids.metrics} title={t("title")} lead={t("lead")} docs="docs/metrics.md">
      <Example wrap label={t("url")} code={`${origin}/api/metrics`} />
      <TokenHint>{t("token")}</TokenHint>
      <Example label={t("config")} code={prometheusConfig(origin)} />
    </GuideSection>
  );
}

function Grafana({ files: { dashboard, rules } }: { files: MonitoringFiles }) {
  const t = useTranslations("integrations.grafana");
  return (
    <GuideSection id={ids.grafana} title={t("title")} lead={t("lead")}>
      {dashboard === null || rules === null ? (
        <p className="text-sm text-ink-2">{t("missing")}</p>
      ) : (
        <div className="grid gap-4 sm:grid-cols-2">
          <div className="flex flex-col items-start gap-1.5">
            <TextDownload name="lifeboat-dashboard.json" text={dashboard}>
              {t("dashboard")}
            </TextDownload>
            <p className="text-xs text-ink-3">{t("dashboardHow")}</p>
          </div>
          <div className="flex flex-col items-start gap-1.5">
            <TextDownload name="lifeboat-alerts.yml" text={rules}>
              {t("rules")}
            </TextDownload>
            <p className="text-xs text-ink-3">{t("rulesHow")}</p>
          </div>
        </div>
      )}
    </GuideSection>
  );
}

function DeadMansSwitch() {
  const t = useTranslations("integrations.switch");
  const can = useCan();
  return (
    <GuideSection
      id={ids.switch}
      title={t("title")}
      lead={t("lead")}
      actions={
        can("notifications:manage") ? (
          <ButtonLink size="sm" href="/settings/notifications/new?type=healthchecks">
            {t("add")}
          </ButtonLink>
        ) : null
      }
    >
      <ol className="list-decimal space-y-1 pl-5 text-sm text-ink-2">
        {(["one", "two", "three"] as const).map((step) => (
          <li key={step}>{t(`steps.${step}`)}</li>
        ))}
      </ol>
    </GuideSection>
  );
}

function Webhooks() {
  const t = useTranslations("integrations.webhooks");
  const can = useCan();
  return (
    <GuideSection
      id={ids.webhooks}
      title={t("title")}
      lead={t("lead")}
      docs="docs/webhooks.md"
      actions={
        can("notifications:manage") ? (
          <ButtonLink size="sm" href="/settings/notifications/new?type=webhook">
            {t("add")}
          </ButtonLink>
        ) : null
      }
    >
      <Example label={t("request")} code={webhookExample} />
      <Example label={t("check")} code={signatureCheck} />
    </GuideSection>
  );
}
