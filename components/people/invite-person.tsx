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
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { type OpenState, ShowOnceButton, ShowOnceDialog } from "../ui/show-once-dialog.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { OneTimeLink } from "./one-time-link.tsx";
import { RoleChoice } from "./role-choice.tsx";

export function InvitePerson() {
  const t = useTranslations("people.invite");
  return <ShowOnceButton label={t("button")} icon={UserPlus} dialog={(state) => <InviteDialog {...state} />} />;
}

function InviteDialog({ open, onOpenChange }: OpenState) {
  const t = useTranslations("people.invite");
  const [draft, change] = useDraft<{ name: string; email: string; role: Role }>({ name: "", email: "", role: "viewer" });
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
    <ShowOnceDialog
      open={open}
      onOpenChange={close}
      form="invite-person"
      title={t("title")}
      lead={t("lead")}
      confirm={t("confirm")}
      pending={invite.isPending}
      made={
        made === undefined
          ? null
          : { title: t("made", { name: made.user.name }), content: <OneTimeLink link={made.link} name={made.user.name} /> }
      }
    >
      <form id="invite-person" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <ProblemNotice error={invite.error} />
        <Field label={t("name")} error={isSubmitted && !hasName ? t("nameMissing") : refused["name"]}>
          <Input value={draft.name} onValueChange={(name) => change({ name })} autoComplete="off" maxLength={120} />
        </Field>
        <Field label={t("email")} hint={t("emailHint")} error={isSubmitted && !isEmail ? t("emailWrong") : refused["email"]}>
          <Input type="email" value={draft.email} onValueChange={(email) => change({ email })} autoComplete="off" maxLength={254} />
        </Field>
        <RoleChoice value={draft.role} onValueChange={(role) => change({ role })} />
      </form>
    </ShowOnceDialog>
  );
}
