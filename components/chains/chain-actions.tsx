"use client";
/** What can be done with a chain: verify all of it, consolidate it. What stands in the way is said where the button is. */
import { Combine, ShieldCheck } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { consolidateChain, verifyChain, type ChainDetailDto } from "#lib/contracts/chains";
import { formatBytes } from "#lib/format/bytes";
import { useStartRun } from "../runs/use-start-run.ts";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";

const changed = ["getChain", "listChains", "getBackup", "listBackups", "listRestorePoints"] as const;

export function ChainActions({ chain }: { chain: ChainDetailDto }) {
  const t = useTranslations("chains.actions");
  const can = useCan();
  const [open, setOpen] = useState(false);
  const verify = useStartRun(verifyChain, changed);
  const offersConsolidation = can("backups:create") && chain.state === "whole" && chain.members > 1;
  return (
    <>
      {can("backups:verify") ? (
        <Button icon={ShieldCheck} pending={verify.isPending} onClick={() => verify.mutate({ params: { id: chain.id } })}>
          {t("verify")}
        </Button>
      ) : null}
      {offersConsolidation ? (
        <Button icon={Combine} onClick={() => setOpen(true)}>
          {t("consolidate")}
        </Button>
      ) : null}
      <Consolidate chain={chain} open={open} onOpenChange={setOpen} />
    </>
  );
}

function Consolidate({ chain, open, onOpenChange }: { chain: ChainDetailDto; open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("chains.consolidate");
  const can = useCan();
  const locale = useLocale();
  const [removeOld, setRemoveOld] = useState(false);
  const start = useStartRun(consolidateChain, changed, { quiet: true });
  const pinned = chain.rail.filter((member) => member.pinned).length;
  const size = formatBytes(chain.storedBytes, locale);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      danger={removeOld}
      title={t("title")}
      confirm={removeOld ? t("confirmRemove", { count: chain.members }) : t("confirm")}
      pending={start.isPending}
      onConfirm={() => start.mutate({ params: { id: chain.id }, body: { removeOld } })}
    >
      <p>{t("what")}</p>
      <p>{t("then")}</p>
      {can("backups:delete") ? (
        <Checkbox
          checked={removeOld}
          onCheckedChange={setRemoveOld}
          disabled={pinned > 0}
          label={t("remove", { count: chain.members, size })}
          hint={pinned > 0 ? t("removePinned", { count: pinned }) : t("removeHint")}
        />
      ) : null}
      <ProblemNotice error={start.error} />
    </ConfirmDialog>
  );
}
