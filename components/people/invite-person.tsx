"use client";
/** `<InvitePerson />`: who is invited as what; the answer is a one-time link, which is shown here and nowhere else. */
import { UserPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { inviteUser } from "#lib/contracts/people";
import type { Role } from "#lib/domain/permissions";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { OneTimeLink } from "./one-time-link.tsx";
import { RoleChoice } from "./role-choice.tsx";

export function InvitePerson() {
  const t = useTranslations("people.invite");
  const [open, setOpen] = useState(false);
  // Each invitation begins with empty fields, and no link outlives its dialog.
  const [round, setRound] = useState(0);
  return (
    <>
      <Button
        variant="primary"
        icon={UserPlus}
        onClick={() => {
          setRound(round + 1);
          setOpen(true);
        }}
      >
        {t("button")}
      </Button>
      {round === 0 ? null : <InviteDialog key={round} open={open} onOpenChange={setOpen} />}
    </>
  );
}

function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("people.invite");
  const common = useTranslations("common");
  const [draft, setDraft] = useState<{ name: string; email: string; role: Role }>({ name: "", email: "", role: "viewer" });
  const [isSubmitted, setIsSubmitted] = useState(false);
  const invite = useAction(inviteUser, { changes: ["listUsers", "listAuditEvents"] });
  const made = open ? invite.data : undefined;
  const refused = fieldErrors(invite.error);
  const isEmail = /^\S+@\S+\.\S+$/.test(draft.email.trim());
  const hasName = draft.name.trim() !== "";
  const close = (next: boolean) => {
    if (!next) invite.reset();
    onOpenChange(next);
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setIsSubmitted(true);
    if (isEmail && hasName) invite.mutate({ body: { ...draft, email: draft.email.trim() } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      persistent={made !== undefined}
      title={made ? t("made", { name: made.user.name }) : t("title")}
      description={made ? undefined : t("lead")}
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            {common("done")}
          </Button>
        ) : (
          <>
            <DialogCancel />
            <Button type="submit" form="invite-person" variant="primary" pending={invite.isPending}>
              {t("confirm")}
            </Button>
          </>
        )
      }
    >
      {made ? (
        <OneTimeLink link={made.link} name={made.user.name} />
      ) : (
        <form id="invite-person" noValidate onSubmit={submit} className="flex flex-col gap-4">
          <ProblemNotice error={invite.error} />
          <Field label={t("name")} error={isSubmitted && !hasName ? t("nameMissing") : refused["name"]}>
            <Input value={draft.name} onValueChange={(name) => setDraft({ ...draft, name })} autoComplete="off" maxLength={120} />
          </Field>
          <Field label={t("email")} hint={t("emailHint")} error={isSubmitted && !isEmail ? t("emailWrong") : refused["email"]}>
            <Input
              type="email"
              value={draft.email}
              onValueChange={(email) => setDraft({ ...draft, email })}
              autoComplete="off"
              maxLength={254}
            />
          </Field>
          <RoleChoice value={draft.role} onValueChange={(role) => setDraft({ ...draft, role })} />
        </form>
      )}
    </Dialog>
  );
}
