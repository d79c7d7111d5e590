"use client";
/** `<MakeToken />`: what a token is for and how long it lives; the answer is its value, which is shown here and nowhere else. */
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { createToken } from "#lib/contracts/tokens";
import { useAction } from "#lib/query/use-action";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { TokenFields } from "./token-fields.tsx";
import { emptyDraft, isComplete, toInput } from "./token-draft.ts";
import { TokenMade } from "./token-made.tsx";

export function MakeToken() {
  const t = useTranslations("tokens.make");
  const [open, setOpen] = useState(false);
  // Each token begins with empty fields, and no value outlives its dialog.
  const [round, setRound] = useState(0);
  return (
    <>
      <Button
        variant="primary"
        icon={Plus}
        onClick={() => {
          setRound(round + 1);
          setOpen(true);
        }}
      >
        {t("button")}
      </Button>
      {round === 0 ? null : <MakeTokenDialog key={round} open={open} onOpenChange={setOpen} />}
    </>
  );
}

function MakeTokenDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("tokens.make");
  const common = useTranslations("common");
  const [draft, setDraft] = useState(emptyDraft);
  const make = useAction(createToken, { changes: ["listTokens", "listAuditEvents"] });
  const made = open ? make.data : undefined;
  const close = (next: boolean) => {
    if (!next) make.reset();
    onOpenChange(next);
  };
  return (
    <Dialog
      wide
      open={open}
      onOpenChange={close}
      persistent={made !== undefined}
      title={made ? t("made", { name: made.token.name }) : t("title")}
      description={made ? undefined : t("lead")}
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            {common("done")}
          </Button>
        ) : (
          <>
            <DialogCancel />
            <Button type="submit" form="make-token" variant="primary" pending={make.isPending} disabled={!isComplete(draft)}>
              {t("confirm")}
            </Button>
          </>
        )
      }
    >
      {made ? (
        <TokenMade token={made.token} secret={made.secret} />
      ) : (
        <form
          id="make-token"
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate({ body: toInput(draft) });
          }}
        >
          <TokenFields draft={draft} onChange={setDraft} error={make.error} />
        </form>
      )}
    </Dialog>
  );
}
