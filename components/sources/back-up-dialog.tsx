"use client";
/**
 * `const askBackUp = useAskBackUp(); askBackUp({ id, name })`: the one dialog behind every "Back up now" (overview, source page,
 * command menu). It asks for kind, reason and note and says what will be done; where a backup runs already, it leads to that run.
 */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { createContext, use, useCallback, useState, type ReactNode, type SyntheticEvent } from "react";
import { createBackup } from "#lib/contracts/backups";
import type { BackupKind } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { listChainsQuery } from "#lib/query/chains";
import { getSourceQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";
import { KindChoice } from "./kind-choice.tsx";
import { leftOutNames } from "./left-out.ts";

type Target = { readonly id: string; readonly name: string };
type Asked = { readonly target: Target; readonly count: number; readonly from: Element | null };

const AskBackUp = createContext<(target: Target) => void>(() => undefined);

export const useAskBackUp = (): ((target: Target) => void) => use(AskBackUp);

export function BackUpDialogs({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const ask = useCallback((target: Target): void => {
    // Each question begins with empty fields: the count makes a fresh form.
    const from = document.activeElement;
    setAsked((last) => ({ target, count: (last?.count ?? 0) + 1, from }));
    setIsOpen(true);
  }, []);
  return (
    <AskBackUp value={ask}>
      {children}
      {asked === null ? null : (
        <BackUpDialog key={asked.count} target={asked.target} from={asked.from} open={isOpen} onOpenChange={setIsOpen} />
      )}
    </AskBackUp>
  );
}

type DialogProps = { target: Target; from: Element | null; open: boolean; onOpenChange: (open: boolean) => void };

function BackUpDialog({ target, from, open, onOpenChange }: DialogProps) {
  const t = useTranslations("sources.backUp");
  const locale = useLocale();
  const [picked, setPicked] = useState<BackupKind | null>(null);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const { data: source } = useQuery({ ...getSourceQuery(target.id), enabled: open, refetchInterval: false });
  const { data: chains } = useQuery({ ...listChainsQuery({ source: target.id, limit: 1 }), enabled: open, refetchInterval: false });
  const newest = chains === undefined ? undefined : (chains.items[0] ?? null);
  const kind = picked ?? "full";
  const start = useStartBackup(() => onOpenChange(false));
  const leftOut = source === undefined ? [] : leftOutNames(source);
  const size = source?.sizeBytes ?? null;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    start.mutate({ body: { sourceId: target.id, kind, reason, note } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      focusAfter={() =>
        from instanceof HTMLElement && from.isConnected && from !== document.body ? from : document.getElementById("content")
      }
      title={t("title", { name: target.name })}
      description={t("text", { database: source?.database ?? target.name })}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="back-up-now" variant="primary" pending={start.isPending}>
            {size === null ? t("confirm") : t(kind === "full" ? "confirmSize" : "confirmRead", { size: formatBytes(size, locale) })}
          </Button>
        </>
      }
    >
      <form id="back-up-now" onSubmit={submit} className="flex flex-col gap-4">
        <KindChoice value={kind} onChange={setPicked} newest={newest} />
        <Field label={t("reason")} hint={t("reasonHint")} optional>
          <Input value={reason} onValueChange={(next) => setReason(next)} maxLength={200} />
        </Field>
        <Field label={t("note")} optional>
          <Textarea value={note} onValueChange={(next) => setNote(next)} maxLength={2000} rows={3} />
        </Field>
        {leftOut.length === 0 ? null : <Notice tone="warn">{t("leftOut", { list: leftOut.join(", ") })}</Notice>}
        <ProblemNotice error={start.error} />
      </form>
    </Dialog>
  );
}

/** Starts a backup and leads to its page; where one is running already, leads to that one. */
function useStartBackup(close: () => void) {
  const t = useTranslations("sources.backUp");
  const router = useRouter();
  return useAction(createBackup, {
    changes: ["getSource", "listSources", "listSourceNames", "listRuns", "getOverview", "listChains", "listRestorePoints"],
    onDone: (run) => {
      close();
      router.push(`/runs/${run.id}`);
    },
    onProblem: (error) => {
      const problem = problemOf(error);
      const runId = problem?.code === "run-active" ? problem.params["runId"] : undefined;
      if (typeof runId !== "string") return;
      close();
      toast({ title: t("already") });
      router.push(`/runs/${runId}`);
    },
  });
}
