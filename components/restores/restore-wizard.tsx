"use client";
/** Restoring a backup into a new database: target and options, then what it would do, then the run. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { createRestore, previewRestore, type RestoreInput } from "#lib/contracts/restores";
import { formatMinute } from "#lib/format/time";
import { call } from "#lib/http/client";
import { getBackupQuery } from "#lib/query/backups";
import { listServersQuery } from "#lib/query/servers";
import { getSourceQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { toRestoreInput, type RestoreDraft } from "./restore-draft.ts";
import { RestoreOptions } from "./restore-options.tsx";
import { RestorePreview } from "./restore-preview.tsx";
import { suggestName } from "./suggest-name.ts";

export function RestoreWizard({ backupId }: { backupId: string }) {
  const t = useTranslations("restores.new");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data: backup, error, refetch } = useQuery(getBackupQuery(backupId));
  if (backup === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const time = formatMinute(backup.snapshotAt, settings);
  return (
    <Page>
      <PageHeader
        title={t("title")}
        crumbs={[{ href: `/backups/${backup.id}`, label: t("of", { source: backup.sourceName, time }) }]}
        description={t("lead")}
      />
      {backup.state === "available" ? <Steps backup={backup} /> : <Notice tone="bad">{t("gone")}</Notice>}
    </Page>
  );
}

function Steps({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("restores.new");
  const router = useRouter();
  const { data: servers } = useQuery(listServersQuery({ limit: 200 }));
  const { data: source } = useQuery({ ...getSourceQuery(backup.sourceId), refetchInterval: false, retry: false });
  const [draft, setDraft] = useState<RestoreDraft>(() => ({
    serverId: null,
    mode: "new",
    database: suggestName(backup.database, backup.snapshotAt),
    replaced: null,
    environment: "production",
    content: "all",
    chosen: null,
    owners: "keep",
    jobs: "2",
    keepOnFailure: false,
    ignoreOpenFile: false,
  }));
  const serverId = draft.serverId ?? source?.serverId ?? servers?.items[0]?.id ?? null;
  const input = toRestoreInput(backup.id, { ...draft, serverId });
  const preview = useMutation({ mutationFn: (body: RestoreInput) => call(previewRestore, { body }), retry: false });
  const start = useAction(createRestore, {
    changes: ["listRestores", "listRuns", "getOverview"],
    onDone: ({ run, restoreId }) => router.push(draft.mode === "replace" ? `/restores/${restoreId}` : `/runs/${run.id}`),
  });
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The new step is what is read next; without this the focus would stay on a button that is gone.
    if (preview.data !== undefined) heading.current?.focus();
  }, [preview.data]);
  const ask = (event?: SyntheticEvent): void => {
    event?.preventDefault();
    if (input !== null) preview.mutate(input);
  };
  if (servers?.items.length === 0) {
    return (
      <Notice tone="warn" actions={<ButtonLink href="/settings/servers/new">{t("addServer")}</ButtonLink>}>
        {t("serverNone")}
      </Notice>
    );
  }
  if (preview.data !== undefined && input !== null) {
    return (
      <div ref={heading} tabIndex={-1} className="flex max-w-4xl flex-col gap-5 outline-none">
        <RestorePreview
          preview={preview.data}
          input={input}
          onBack={() => preview.reset()}
          onAgain={() => ask()}
          asking={preview.isPending}
          starting={start.isPending}
          onStart={(confirmation) => start.mutate({ body: { ...input, ...confirmation, strategy: preview.data.replace?.strategy } })}
          snapshotAt={backup.snapshotAt}
        />
        <ProblemNotice error={start.error} actions={<RunLink error={start.error} />} />
      </div>
    );
  }
  return (
    <form onSubmit={ask} className="flex max-w-3xl flex-col gap-5">
      <RestoreOptions
        backup={backup}
        draft={{ ...draft, serverId }}
        servers={servers?.items ?? []}
        ownServerId={source?.serverId ?? null}
        change={(next) => setDraft({ ...draft, ...next })}
      />
      <ProblemNotice error={preview.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" pending={preview.isPending} disabled={input === null}>
          {preview.isPending ? t("previewing") : t("toPreview")}
        </Button>
        <p className="text-xs text-ink-3">{t("previewingHint")}</p>
      </div>
    </form>
  );
}

function RunLink({ error }: { error: unknown }) {
  const t = useTranslations("commands");
  const problem = problemOf(error);
  const runId = problem?.code === "run-active" ? problem.params["runId"] : undefined;
  return typeof runId === "string" ? (
    <ButtonLink size="sm" href={`/runs/${runId}`}>
      {t("watch")}
    </ButtonLink>
  ) : null;
}
