"use client";
/** A new one-time link for somebody: to accept the invitation, or to set a new password. Links before it stop working. */
import { Link2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { createUserLink, type UserDto } from "#lib/contracts/people";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { OneTimeLink } from "./one-time-link.tsx";

export function NewLink({ person }: { person: UserDto }) {
  const t = useTranslations("people.link");
  const common = useTranslations("common");
  const [open, setOpen] = useState(false);
  const create = useAction(createUserLink, { changes: ["getUser", "listUsers", "listAuditEvents"] });
  const made = open ? create.data : undefined;
  const purpose = person.state === "invited" ? "invite" : "reset";
  const close = (next: boolean) => {
    if (!next) create.reset();
    setOpen(next);
  };
  const isDisabled = person.state === "disabled";
  return (
    <>
      <span className="inline-flex flex-col items-end gap-1">
        <Button icon={Link2} disabled={isDisabled} onClick={() => setOpen(true)}>
          {t(`button.${purpose}`)}
        </Button>
        {isDisabled ? <span className="text-xs text-ink-3">{t("disabled")}</span> : null}
      </span>
      <Dialog
        open={open}
        onOpenChange={close}
        persistent={made !== undefined}
        title={t(`title.${made?.purpose ?? purpose}`, { name: person.name })}
        footer={
          made ? (
            <Button variant="primary" onClick={() => close(false)}>
              {common("done")}
            </Button>
          ) : (
            <>
              <DialogCancel />
              <Button variant="primary" pending={create.isPending} onClick={() => create.mutate({ params: { id: person.id } })}>
                {t("confirm")}
              </Button>
            </>
          )
        }
      >
        {made ? (
          <OneTimeLink link={made} name={person.name} />
        ) : (
          <div className="flex flex-col gap-3 text-sm text-ink-2">
            <p>{t(`text.${purpose}`, { name: person.name, sessions: person.openSessions })}</p>
            {person.linkExpiresAt === null ? null : <p>{t("replaces")}</p>}
            <ProblemNotice error={create.error} />
          </div>
        )}
      </Dialog>
    </>
  );
}
