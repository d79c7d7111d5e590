"use client";
/** `<MakeToken />`: what a token is for and how long it lives; the answer is its value, which is shown here and nowhere else. */
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { createToken } from "#lib/contracts/tokens";
import { useAction } from "#lib/query/use-action";
import { type OpenState, ShowOnceButton, ShowOnceDialog } from "../ui/show-once-dialog.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { TokenFields } from "./token-fields.tsx";
import { emptyDraft, isComplete, toInput } from "./token-draft.ts";
import { TokenMade } from "./token-made.tsx";

export function MakeToken() {
  const t = useTranslations("tokens.make");
  return <ShowOnceButton label={t("button")} icon={Plus} dialog={(state) => <MakeTokenDialog {...state} />} />;
}

function MakeTokenDialog({ open, onOpenChange }: OpenState) {
  const t = useTranslations("tokens.make");
  const [draft, change] = useDraft(emptyDraft);
  const make = useAction(createToken, { changes: ["listTokens", "listAuditEvents"] });
  const made = open ? make.data : undefined;
  const close = (next: boolean) => {
    if (!next) make.reset();
    onOpenChange(next);
  };
  return (
    <ShowOnceDialog
      wide
      open={open}
      onOpenChange={close}
      form="make-token"
      title={t("title")}
      lead={t("lead")}
      confirm={t("confirm")}
      pending={make.isPending}
      disabled={!isComplete(draft)}
      made={
        made === undefined
          ? null
          : { title: t("made", { name: made.token.name }), content: <TokenMade token={made.token} secret={made.secret} /> }
      }
    >
      <form
        id="make-token"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ body: toInput(draft) });
        }}
      >
        <TokenFields draft={draft} onChange={change} error={make.error} />
      </form>
    </ShowOnceDialog>
  );
}
