"use client";
/** A webhook's signing key: shown once after it was made, and the way to a new one. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { updateChannel, type ChannelDto } from "#lib/contracts/notifications";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { signatureCheck } from "./signature-check.ts";

type SigningKeyDialogProps = { name: string; signingKey: string | null; onClose: () => void };

export function SigningKeyDialog({ name, signingKey, onClose }: SigningKeyDialogProps) {
  const t = useTranslations("notifications.key");
  const common = useTranslations("common");
  return (
    <Dialog
      wide
      persistent
      open={signingKey !== null}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      title={t("title", { name })}
      footer={
        <Button variant="primary" onClick={onClose}>
          {common("done")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Notice tone="warn" title={t("once")}>
          {t("onceHint")}
        </Notice>
        <div className="flex flex-col gap-1.5">
          <p className="text-[0.8125rem] font-medium">{t("value")}</p>
          <CodeBlock wrap label={t("value")} code={signingKey ?? ""} />
        </div>
        <div className="flex flex-col gap-1.5">
          <p className="text-[0.8125rem] font-medium">{t("how")}</p>
          <CodeBlock label={t("how")} code={signatureCheck} />
          <p className="text-xs text-ink-3">{t("more")}</p>
        </div>
      </div>
    </Dialog>
  );
}

export function SigningKeyCard({ channel }: { channel: ChannelDto }) {
  const t = useTranslations("notifications.key");
  const [isAsking, setIsAsking] = useState(false);
  const renew = useAction(updateChannel, {
    changes: ["getChannel", "listChannels", "listAuditEvents"],
    onDone: () => setIsAsking(false),
  });
  return (
    <Card
      title={t("section")}
      description={t("sectionText")}
      actions={
        <Button size="sm" onClick={() => setIsAsking(true)}>
          {t("renew")}
        </Button>
      }
    >
      <p className="mb-1.5 text-[0.8125rem] font-medium">{t("how")}</p>
      <CodeBlock label={t("how")} code={signatureCheck} />
      <p className="mt-1.5 text-xs text-ink-3">{t("more")}</p>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setIsAsking}
        title={t("renewTitle", { name: channel.name })}
        confirm={t("renewConfirm")}
        pending={renew.isPending}
        onConfirm={() => renew.mutate({ params: { id: channel.id }, body: { newSigningKey: true }, ifMatch: channel.version })}
      >
        <p>{t("renewText")}</p>
        <ProblemNotice error={renew.error} />
      </ConfirmDialog>
      <SigningKeyDialog name={channel.name} signingKey={renew.data?.signingKey ?? null} onClose={() => renew.reset()} />
    </Card>
  );
}
