"use client";
/** `<ConnectionPanel drill />`: how an application reaches the copy. Shown on request, until one leaves; each request is in the audit. */
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { connectDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { call } from "#lib/http/client";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Notice } from "../ui/notice.tsx";

export function ConnectionPanel({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.connection");
  const connect = useMutation({
    mutationFn: () => call(connectDrill, { params: { id: drill.id } }),
    retry: false,
    gcTime: 0,
  });
  return (
    <Card title={t("title")} description={t("lead")}>
      {connect.data === undefined ? (
        <div className="flex flex-col items-start gap-3">
          <p className="max-w-2xl text-sm text-ink-2">{t("text")}</p>
          <Button icon={KeyRound} pending={connect.isPending} disabled={drill.pausedAt !== null} onClick={() => connect.mutate()}>
            {t("show")}
          </Button>
          <ProblemNotice error={connect.error} className="w-full" />
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <Notice tone="warn" live>
            {t("secret", { host: connect.data.hostName })}
          </Notice>
          <Url label={t("readWrite")} hint={t("readWriteHint")} url={connect.data.url} />
          <Url label={t("readOnly")} hint={t("readOnlyHint")} url={connect.data.readOnlyUrl} />
          <Button className="self-start" onClick={() => connect.reset()}>
            {t("hide")}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Url({ label, hint, url }: { label: string; hint: string; url: string }) {
  return (
    <div className="flex flex-col gap-1">
      <h3 className="text-[0.8125rem] font-medium text-ink">{label}</h3>
      <CodeBlock wrap label={label} code={url} />
      <p className="text-xs text-ink-3">{hint}</p>
    </div>
  );
}
