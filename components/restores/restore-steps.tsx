"use client";
/** The wizard's steps behind the point: destination and options, then the plan, then the run's own page. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, type SyntheticEvent } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { createRestore, previewRestore, type RestoreInput } from "#lib/contracts/restores";
import { call } from "#lib/http/client";
import { listServersQuery } from "#lib/query/servers";
import { getSourceQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { PointCard } from "./point-card.tsx";
import { RehearsalNotice } from "./rehearsal-notice.tsx";
import { toRestoreInput, type RestoreDraft, type WantedPoint } from "./restore-draft.ts";
import { RestoreOptions } from "./restore-options.tsx";
import { RestorePreview } from "./restore-preview.tsx";
import { suggestFile, suggestName } from "./suggest-name.ts";
import { WizardSteps } from "./wizard-steps.tsx";

export function RestoreSteps({ backup, point, wantedAt }: { backup: BackupDetailDto; point: WantedPoint; wantedAt: string | null }) {
  const t = useTranslations("restores.new");
  const router = useRouter();
  const isFile = backup.extension === "db";
  const { data: servers } = useQuery({ ...listServersQuery({ limit: 200 }), enabled: !isFile });
  const { data: source, isPending: isAsking } = useQuery({ ...getSourceQuery(backup.sourceId), refetchInterval: false, retry: false });
  const [held, change] = useDraft<RestoreDraft>(() => ({
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
    path: null,
    ignoreOpenFile: false,
  }));
  const sourcePath = source?.path ?? null;
  const suggested = sourcePath === null ? "" : suggestFile(sourcePath, backup.snapshotAt);
  // Until the source has told its own server none is presumed: what is offered must not change under one's hands.
  const offered = isAsking ? undefined : (source?.serverId ?? servers?.items[0]?.id);
  const draft: RestoreDraft = {
    ...held,
    serverId: held.serverId ?? offered ?? null,
    path: isFile ? (held.path ?? suggested) : null,
  };
  const input = toRestoreInput(point, draft);
  const preview = useMutation({ mutationFn: (body: RestoreInput) => call(previewRestore, { body }), retry: false });
  const start = useAction(createRestore, {
    changes: ["listRestores", "listRuns", "getOverview"],
    onDone: ({ run, restoreId }, { body }) => router.push(body?.mode === "replace" ? `/restores/${restoreId}` : `/runs/${run.id}`),
  });
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The new step is what is read next; without this the focus would stay on a button that is gone.
    if (preview.data !== undefined) heading.current?.focus();
  }, [preview.data]);
  const ask = (wanted: RestoreInput | null): void => {
    start.reset();
    if (wanted !== null) preview.mutate(wanted);
  };
  if (!isFile && servers?.items.length === 0) {
    return (
      <Notice tone="warn" actions={<ButtonLink href="/settings/servers/new">{t("addServer")}</ButtonLink>}>
        {t("serverNone")}
      </Notice>
    );
  }
  const { data: shown, variables: planned } = preview;
  if (shown !== undefined && planned !== undefined) {
    return (
      <>
        <WizardSteps current="plan" />
        <div ref={heading} tabIndex={-1} className="flex max-w-4xl flex-col gap-5 outline-none">
          <RestorePreview
            preview={shown}
            input={planned}
            onBack={() => preview.reset()}
            onAgain={() => ask(planned)}
            asking={preview.isPending}
            starting={start.isPending}
            onStart={(confirmation) =>
              start.mutate({
                body: {
                  // What was planned, and nothing that was typed or offered since.
                  ...planned,
                  ...confirmation,
                  plannedBackupId: shown.backupId,
                  estimatedMs: shown.plan.estimate?.milliseconds,
                  strategy: shown.replace?.strategy,
                },
              })
            }
            rehearsal={source === undefined ? null : <RehearsalNotice source={source} backupId={shown.backupId} />}
          />
          <ProblemNotice error={start.error} actions={<RunLink error={start.error} />} />
        </div>
      </>
    );
  }
  return (
    <>
      <WizardSteps current="destination" />
      <form
        onSubmit={(event: SyntheticEvent) => {
          event.preventDefault();
          ask(input);
        }}
        className="flex max-w-3xl flex-col gap-5"
      >
        <PointCard backup={backup} wantedAt={wantedAt} />
        <RestoreOptions
          backup={backup}
          draft={draft}
          servers={servers?.items ?? []}
          ownServerId={source?.serverId ?? null}
          file={{ sourcePath, suggested }}
          change={change}
        />
        <ProblemNotice error={preview.error} />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" pending={preview.isPending} disabled={input === null}>
            {preview.isPending ? t(isFile ? "previewingFile" : "previewing") : t("toPreview")}
          </Button>
          <p className="text-xs text-ink-3">{t("previewingHint")}</p>
        </div>
      </form>
    </>
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
