"use client";
/** The public address of one source's state: made anew each time, shown once, taken back. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { setStatusLink } from "#lib/contracts/source-status";
import { getSourceStatusQuery } from "#lib/query/source-status";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";
import { badgeMarkdown } from "./examples.ts";
import { Example } from "./guide-section.tsx";

export type GuideSource = { readonly id: string; readonly name: string };

export function StatusLink({ source, origin }: { source: GuideSource | null; origin: string }) {
  const t = useTranslations("integrations");
  const can = useCan();
  if (!can("policies:write")) return <p className="text-sm text-ink-2">{t("badge.adminsOnly")}</p>;
  if (source === null) return <p className="text-sm text-ink-2">{t("noSource")}</p>;
  return <LinkOf key={source.id} source={source} origin={origin} />;
}

function LinkOf({ source, origin }: { source: GuideSource; origin: string }) {
  const t = useTranslations("integrations.badge");
  const [isAsking, setIsAsking] = useState(false);
  const changes = ["getSourceStatus", "listAuditEvents"];
  const make = useAction(setStatusLink, { changes });
  const revoke = useAction(setStatusLink, {
    changes,
    onDone: () => {
      setIsAsking(false);
      make.reset();
      toast({ title: t("revoked") });
    },
  });
  const { data: status } = useQuery(getSourceStatusQuery(source.id));
  const path = make.data?.path ?? null;
  const address = `${origin}${path ?? ""}`;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button pending={make.isPending} onClick={() => make.mutate({ params: { id: source.id }, body: { on: true } })}>
          {t(status?.hasLink ? "makeNew" : "make")}
        </Button>
        {status?.hasLink ? (
          <>
            <Button variant="danger-ghost" onClick={() => setIsAsking(true)}>
              {t("revoke")}
            </Button>
            <p className="text-xs text-ink-3">{t("makeHint")}</p>
          </>
        ) : null}
      </div>
      <ProblemNotice error={make.error} />
      {path === null ? null : (
        <>
          <Notice tone="warn" live title={t("made")}>
            {t("madeHint")}
          </Notice>
          {/* oxlint-disable-next-line nextjs/no-img-element -- a picture of our own server, as others will show it */}
          <img src={`${path}/badge.svg`} alt={t("preview", { source: source.name })} height={20} className="h-5 self-start" />
          <Example wrap label={t("markdown")} code={badgeMarkdown(address, source.name)} />
          <Example wrap label={t("json")} code={address} />
        </>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={(next) => {
          if (!next) revoke.reset();
          setIsAsking(next);
        }}
        title={t("revokeTitle", { source: source.name })}
        confirm={t("revokeConfirm")}
        pending={revoke.isPending}
        onConfirm={() => revoke.mutate({ params: { id: source.id }, body: { on: false } })}
      >
        <p>{t("revokeText")}</p>
        <ProblemNotice error={revoke.error} />
      </ConfirmDialog>
    </div>
  );
}
