"use client";
/**
 * `<ErrorState error={query.error} onRetry={() => void query.refetch()} />` in place of what could not be shown; `<ProblemNotice error={mutation.error} />`
 * above a form. Both say what happened and what to do, and name the request id to look for in the log.
 */
import { CloudOff, RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Notice } from "../ui/notice.tsx";
import { problemOf } from "./problem-of.tsx";
import { useReasonText } from "./reason.tsx";

export function useProblemText(): (error: unknown) => { message: string; hint: string; requestId: string | null } {
  const t = useTranslations("common");
  const tell = useReasonText();
  return (error) => {
    const problem = problemOf(error);
    if (problem) return { ...tell(problem), requestId: problem.requestId };
    return { message: t("unreachable"), hint: t("unreachableHint"), requestId: null };
  };
}

type ErrorStateProps = { error: unknown; onRetry?: () => void; actions?: ReactNode };

export function ErrorState({ error, onRetry, actions }: ErrorStateProps) {
  const t = useTranslations("common");
  const { message, hint, requestId } = useProblemText()(error);
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-14 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-bad-soft text-bad">
        <CloudOff aria-hidden className="size-5" />
      </span>
      <p className="mt-4 text-base font-semibold tracking-tight text-ink">{message}</p>
      <p className="mt-1 max-w-md text-sm text-ink-2">{hint}</p>
      {requestId ? (
        <p className="mt-2 text-xs text-ink-3">
          {t("requestId")} <InlineCode>{requestId}</InlineCode>
        </p>
      ) : null}
      <div className="mt-5 flex flex-wrap justify-center gap-2">
        {onRetry ? (
          <Button icon={RotateCw} onClick={onRetry}>
            {t("tryAgain")}
          </Button>
        ) : null}
        {actions}
      </div>
    </div>
  );
}

export function ProblemNotice({ error, className, actions }: { error: unknown; className?: string; actions?: ReactNode }) {
  const tell = useProblemText();
  if (error === null || error === undefined) return null;
  const { message, hint } = tell(error);
  return (
    <Notice tone="bad" live title={message} className={className} actions={actions}>
      {hint}
    </Notice>
  );
}
