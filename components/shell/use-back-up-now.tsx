"use client";
/**
 * `const backUp = useBackUpNow(); backUp({ id, name })`: starts a backup and says so with a link to its page; where one is running
 * already, leads to that one instead of failing.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { createBackup } from "#lib/contracts/backups";
import { call, ProblemError } from "#lib/http/client";
import { useProblemText } from "../state/error-state.tsx";
import { toast } from "../ui/toast.tsx";

type Target = { readonly id: string; readonly name: string };

export function useBackUpNow(onStarted?: (runId: string) => void): { start: (source: Target) => void; pendingId: string | null } {
  const t = useTranslations("commands");
  const tell = useProblemText();
  const client = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (source: Target) => call(createBackup, { body: { sourceId: source.id } }),
    onSuccess: (run, source) => {
      toast({ title: t("started", { source: source.name }), action: { label: t("watch"), href: `/runs/${run.id}` } });
      onStarted?.(run.id);
    },
    onError: (error, source) => {
      const runId = error instanceof ProblemError && error.code === "run-active" ? error.params["runId"] : undefined;
      const { message, hint } = tell(error);
      if (typeof runId === "string")
        toast({ title: t("alreadyRunning", { source: source.name }), action: { label: t("watch"), href: `/runs/${runId}` } });
      else toast({ tone: "bad", title: message, text: hint });
    },
    onSettled: () =>
      Promise.all(["getOverview", "listSources", "getSource", "listRuns"].map((id) => client.invalidateQueries({ queryKey: [id] }))),
  });
  return { start: mutate, pendingId: isPending ? variables.id : null };
}
