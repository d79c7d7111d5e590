"use client";
/** Name and role of a person; a role that cannot be changed says why. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { updateUser, type UserDto } from "#lib/contracts/people";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";
import type { PersonBlock } from "./person-blocks.ts";
import { RoleChoice } from "./role-choice.tsx";

export function PersonForm({ person, block }: { person: UserDto; block: PersonBlock | null }) {
  const t = useTranslations("people.edit");
  const [name, setName] = useState(person.name);
  const [role, setRole] = useState(person.role);
  const update = useAction(updateUser, {
    changes: ["getUser", "listUsers", "listAuditEvents"],
    onDone: (changed) => toast({ title: t("saved", { name: changed.name }) }),
  });
  const isChanged = name.trim() !== person.name || role !== person.role;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    update.mutate({ params: { id: person.id }, body: { name, role }, ifMatch: person.version });
  };
  return (
    <Card title={t("title")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ProblemNotice error={update.error} />
        <Field label={t("name")} error={fieldErrors(update.error)["name"]}>
          <Input value={name} onValueChange={(next) => setName(next)} maxLength={120} autoComplete="off" />
        </Field>
        <RoleChoice value={role} onValueChange={setRole} blocked={block === null ? null : t(`blocked.${block}`)} />
        <div>
          <Button type="submit" variant="primary" pending={update.isPending} disabled={!isChanged || name.trim() === ""}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
