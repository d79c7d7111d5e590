"use client";
/** `<ConnectionCheck draft={draft} serverId={id} />`: tests what the form holds, live step by step, and names the step that fails. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { PlugZap } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { getRun, type RunDetailDto } from "#lib/contracts/runs";
import { checkServer } from "#lib/contracts/servers";
import { isActive } from "#lib/domain/run-state";
import { getRunQuery } from "#lib/query/runs";
import { endpointKey } from "#lib/query/endpoint-query";
import { useAction } from "#lib/query/use-action";
import { PhaseWaterfall } from "../runs/phase-waterfall.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { toConnection, type ServerDraft } from "./server-draft.ts";

/** A test is looked at more closely than other runs, because somebody waits in front of it. */
const watchMs = 500;

export function ConnectionCheck({ draft, serverId, disabled }: { draft: ServerDraft; serverId?: string; disabled?: boolean }) {
  const t = useTranslations("servers.check");
  const client = useQueryClient();
  const [runId, setRunId] = useState<string | null>(null);
  const check = useAction(checkServer, {
    changes: [],
    onDone: (run) => {
      client.setQueryData(endpointKey(getRun, { params: { id: run.id } }), run);
      setRunId(run.id);
    },
  });
  const options = getRunQuery(runId ?? "");
  const { data: run } = useQuery({
    ...options,
    enabled: runId !== null,
    refetchInterval: ({ state }) => (state.data === undefined || isActive(state.data.state) ? watchMs : false),
  });
  const active = check.isPending || (run !== undefined && isActive(run.state));
  return (
    <Card
      title={t("title")}
      description={t("lead")}
      flush
      actions={
        <Button
          icon={PlugZap}
          pending={active}
          disabled={disabled}
          onClick={() => check.mutate({ body: { serverId, connection: toConnection(draft) } })}
        >
          {run === undefined ? t("start") : t("again")}
        </Button>
      }
    >
      {check.error ? <ProblemNotice error={check.error} className="m-4" /> : null}
      {run === undefined ? null : <CheckSteps run={run} />}
    </Card>
  );
}

function CheckSteps({ run }: { run: RunDetailDto }) {
  const t = useTranslations("servers.check");
  const steps = useTranslations("runs.steps");
  const tell = useReasonText();
  const now = useCurrentTime(500);
  const failed = run.steps.find(({ state }) => state === "failed");
  const reason = run.error ?? failed?.error ?? null;
  return (
    <>
      <PhaseWaterfall run={run} now={now} />
      {isActive(run.state) ? null : (
        <div className="border-t border-line p-4 sm:px-5">
          {run.state === "succeeded" ? (
            readsEverything(run) ? (
              <Notice tone="good" live title={t("passed")} />
            ) : (
              <Notice tone="warn" live title={t("passedPartly")}>
                {t("passedPartlyHint")}
              </Notice>
            )
          ) : null}
          {run.state === "cancelled" ? <Notice live title={t("cancelled")} /> : null}
          {run.state === "failed" ? (
            <Notice tone="bad" live title={failed === undefined ? undefined : t("failed", { step: steps(failed.code) })}>
              {reason === null ? null : `${tell(reason).message}. ${tell(reason).hint}`}
            </Notice>
          ) : null}
        </div>
      )}
    </>
  );
}

/** Without either right a role may still read all that matters; only a backup finds that out. */
function readsEverything({ steps }: RunDetailDto): boolean {
  const facts = steps.find(({ code }) => code === "privileges")?.facts ?? {};
  return facts["superuser"] === true || facts["readAllData"] === true;
}
