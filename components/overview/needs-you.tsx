"use client";
/** "Needs you": at most five things, each with the one button that leads on. Nothing at all when there is nothing. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { verifyBackup } from "#lib/contracts/backups";
import type { OverviewDto } from "#lib/contracts/system";
import { call } from "#lib/http/client";
import { StartDrill } from "../drills/start-drill.tsx";
import { useIncidentTitle } from "../incidents/incident-title.ts";
import { useCan } from "../shell/me.tsx";
import { useAskBackUp } from "../sources/back-up-dialog.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { toast } from "../ui/toast.tsx";
import { ConfirmClock } from "./confirm-clock.tsx";
import { StatusDot } from "./status-dot.tsx";

type Need = OverviewDto["needsYou"][number];

const isSerious: Record<Need["code"], boolean> = {
  "source-never-backed-up": true,
  "backup-failed": true,
  "verify-failed": true,
  "no-worker": true,
  "tools-missing": true,
  "no-space": true,
  "channel-failing": true,
  "destination-unreachable": true,
  "clock-suspect": true,
  "backup-missed": true,
  "fingerprint-diverged": false,
  "incident-open": true,
  "drill-failed": true,
  "drill-overdue": true,
  "gate-failed": true,
  "clean-up-failed": false,
  "size-odd": false,
  "drill-due": false,
  "backup-old": false,
  "backup-unverified": false,
  "kept-database": false,
};

export function NeedsYou({ items }: { items: readonly Need[] }) {
  const t = useTranslations("overview");
  if (items.length === 0) return null;
  return (
    <Card title={t("needsYou")} flush>
      <ul className="divide-y divide-line/70">
        {items.map((need) => (
          <li
            key={`${need.code}-${need.incidentId ?? need.restoreId ?? need.sourceId ?? need.group ?? ""}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
          >
            <StatusDot tone={isSerious[need.code] ? "bad" : "warn"} />
            <div className="min-w-0 flex-1 basis-56">
              <p className="text-sm font-medium text-ink">
                <NeedText need={need} />
              </p>
              {need.since === null ? null : (
                <p className="text-xs text-ink-3">{t.rich("since", { age: () => <RelativeTime at={need.since} /> })}</p>
              )}
            </div>
            <NeedAction need={need} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function NeedText({ need }: { need: Need }) {
  const t = useTranslations("overview");
  const titleOf = useIncidentTitle();
  const { sourceName, database, keptName, group, incidentKind, incidentNumber, incidentTitle } = need;
  const title =
    incidentKind === null
      ? ""
      : titleOf({ kind: incidentKind, title: incidentTitle ?? "", titleIsOwn: incidentTitle !== null, sourceName });
  const words = {
    source: sourceName ?? "",
    database: database ?? "",
    kept: keptName ?? "",
    group: group ?? "",
    number: incidentNumber ?? 0,
    title,
  };
  return t(`needs.${textKey(need)}`, words);
}

function textKey({ code, sourceName, group }: Need) {
  if (code === "no-worker" && group !== null) return "no-worker-group";
  return code === "tools-missing" && sourceName === null ? "tools-missing-plain" : code;
}

function NeedAction({ need }: { need: Need }) {
  const t = useTranslations("overview.do");
  const can = useCan();
  const askBackUp = useAskBackUp();
  const { sourceId, sourceName, runId, backupId } = need;
  switch (need.code) {
    case "source-never-backed-up":
    case "backup-old":
      if (sourceId === null || !can("backups:create")) return null;
      return (
        <Button size="sm" onClick={() => askBackUp({ id: sourceId, name: sourceName ?? "" })}>
          {t("backUp")}
        </Button>
      );
    case "backup-failed":
      return <Go href={runId === null ? `/sources/${sourceId ?? ""}` : `/runs/${runId}`}>{t("seeRun")}</Go>;
    case "verify-failed":
      return <Go href={backupId === null ? `/sources/${sourceId ?? ""}` : `/backups/${backupId}`}>{t("seeBackup")}</Go>;
    case "backup-unverified":
      return backupId === null || !can("backups:verify") ? null : <VerifyButton backupId={backupId} />;
    case "incident-open":
      return <Go href={`/incidents/${need.incidentId ?? ""}`}>{t("seeIncident")}</Go>;
    case "drill-failed":
      return <Go href={`/drills/${need.drillId ?? ""}`}>{t("seeDrill")}</Go>;
    case "drill-overdue":
    case "drill-due":
      if (need.drillId !== null) return <Go href={`/drills/${need.drillId}`}>{t("seeDrill")}</Go>;
      if (sourceId === null || need.sourceEngine === null) return null;
      return <StartDrill size="sm" label={t("startDrill")} source={{ id: sourceId, name: sourceName ?? "", engine: need.sourceEngine }} />;
    case "kept-database":
      return <Go href={`/restores/${need.restoreId ?? ""}`}>{t("seeRestore")}</Go>;
    case "backup-missed":
      return <Go href={`/sources/${sourceId ?? ""}?tab=policy`}>{t("seeSchedules")}</Go>;
    case "fingerprint-diverged":
      return <Go href={`/sources/${sourceId ?? ""}?tab=fingerprint`}>{t("seeFingerprint")}</Go>;
    case "size-odd":
      return <Go href={backupId === null ? `/sources/${sourceId ?? ""}?tab=backups` : `/backups/${backupId}`}>{t("seeBackup")}</Go>;
    case "gate-failed":
      return <Go href={`/activity/gates?source=${sourceId ?? ""}`}>{t("seeGate")}</Go>;
    case "clean-up-failed":
      return <Go href={runId === null ? `/sources/${sourceId ?? ""}?tab=policy` : `/runs/${runId}`}>{t("seeRun")}</Go>;
    case "channel-failing":
      return can("notifications:manage") ? <Go href="/settings/notifications">{t("seeChannels")}</Go> : null;
    case "destination-unreachable":
      return <Go href="/settings/storage">{t("seeStorage")}</Go>;
    case "clock-suspect":
      return can("policies:write") ? <ConfirmClock label={t("seeClock")} /> : null;
    case "no-worker":
    case "tools-missing":
    case "no-space":
      return <Go href="/settings">{t("seeSystem")}</Go>;
  }
}

function Go({ href, children }: { href: string; children: string }) {
  return (
    <ButtonLink size="sm" href={href}>
      {children}
    </ButtonLink>
  );
}

function VerifyButton({ backupId }: { backupId: string }) {
  const t = useTranslations("overview");
  const common = useTranslations("commands");
  const tell = useProblemText();
  const client = useQueryClient();
  const verify = useMutation({
    mutationFn: () => call(verifyBackup, { params: { id: backupId } }),
    onSuccess: (run) => toast({ title: t("verifyStarted"), action: { label: common("watch"), href: `/runs/${run.id}` } }),
    onError: (error) => {
      const { message, hint } = tell(error);
      toast({ tone: "bad", title: message, text: hint });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["getOverview"] }),
  });
  return (
    <Button size="sm" pending={verify.isPending} onClick={() => verify.mutate()}>
      {t("do.verify")}
    </Button>
  );
}
