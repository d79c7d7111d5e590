"use client";
/** Disabling and enabling, with what it ends or lets work again, in numbers. */
import { UserCheck, UserX } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { updateUser, type UserDto } from "#lib/contracts/people";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { toast } from "../ui/toast.tsx";
import type { PersonBlock } from "./person-blocks.ts";

export function ChangeAccess({ person, block }: { person: UserDto; block: PersonBlock | null }) {
  const t = useTranslations("people.access");
  const [open, setOpen] = useState(false);
  const isDisabled = person.state === "disabled";
  const act = isDisabled ? "enable" : "disable";
  const numbers = { name: person.name, sessions: person.openSessions, tokens: person.liveTokens };
  const update = useAction(updateUser, {
    changes: ["getUser", "listUsers", "listUserSessions", "listTokens", "listAuditEvents"],
    onDone: ({ name }) => {
      setOpen(false);
      toast({ title: t(`${act}.done`, { name }) });
    },
  });
  const lines = (["sessions", "tokens", "link"] as const).filter((line) => {
    if (line === "link") return !isDisabled && person.linkExpiresAt !== null;
    return line === "sessions" ? !isDisabled && person.openSessions > 0 : person.liveTokens > 0;
  });
  return (
    <Card title={t("title")}>
      <div className="flex flex-col items-start gap-3">
        <p className="text-[0.8125rem] text-ink-2">{block === null ? t(`${act}.lead`) : t(`blocked.${block}`)}</p>
        <Button
          variant={isDisabled ? "secondary" : "danger-ghost"}
          icon={isDisabled ? UserCheck : UserX}
          disabled={!isDisabled && block !== null}
          className={isDisabled ? undefined : "-ml-3.5"}
          onClick={() => setOpen(true)}
        >
          {t(`${act}.button`)}
        </Button>
      </div>
      <ConfirmDialog
        open={open}
        onOpenChange={(next) => {
          if (!next) update.reset();
          setOpen(next);
        }}
        danger={!isDisabled}
        title={t(`${act}.title`, numbers)}
        confirm={t(`${act}.confirm`, numbers)}
        pending={update.isPending}
        onConfirm={() => update.mutate({ params: { id: person.id }, body: { disabled: !isDisabled }, ifMatch: person.version })}
      >
        <p>{t(`${act}.text`)}</p>
        {lines.length === 0 ? null : (
          <ul className="list-disc pl-5">
            {lines.map((line) => (
              <li key={line}>{t(line === "link" || !isDisabled ? `disable.${line}` : "enable.tokens", numbers)}</li>
            ))}
          </ul>
        )}
        <ProblemNotice error={update.error} />
      </ConfirmDialog>
    </Card>
  );
}
