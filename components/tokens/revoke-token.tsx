"use client";
/** `<RevokeToken token={token} />`: ends a token at once, after saying when and from where it was last used. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { revokeToken, type ApiTokenDto } from "#lib/contracts/tokens";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { rich } from "../ui/rich.tsx";
import { toast } from "../ui/toast.tsx";

export function RevokeToken({ token }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens.revoke");
  const [open, setOpen] = useState(false);
  const revoke = useAction(revokeToken, {
    changes: ["listTokens", "listUsers", "getUser", "listAuditEvents"],
    onDone: ({ name }) => {
      setOpen(false);
      toast({ title: t("done", { name }) });
    },
  });
  const age = () => <RelativeTime at={token.lastUsedAt} />;
  return (
    <>
      <Button size="sm" variant="danger-ghost" onClick={() => setOpen(true)}>
        {t("button")} <span className="sr-only">{token.name}</span>
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={(next) => {
          if (!next) revoke.reset();
          setOpen(next);
        }}
        title={t("title", { name: token.name })}
        confirm={t("confirm")}
        pending={revoke.isPending}
        onConfirm={() => revoke.mutate({ params: { id: token.id } })}
      >
        <p>
          {token.lastUsedAt === null
            ? t("neverUsed")
            : token.lastUsedAddress === null
              ? t.rich("used", { age })
              : t.rich("usedFrom", { ...rich, age, address: token.lastUsedAddress })}
        </p>
        <p>{t("text")}</p>
        <ProblemNotice error={revoke.error} />
      </ConfirmDialog>
    </>
  );
}
