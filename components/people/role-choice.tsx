"use client";
/** `<RoleChoice value={role} onValueChange={setRole} />`: the two roles, each with what it means. */
import { useTranslations } from "next-intl";
import { roles, type Role } from "#lib/domain/permissions";
import { FieldGroup } from "../ui/field.tsx";
import { RadioCards } from "../ui/segmented.tsx";

type RoleChoiceProps = {
  value: Role;
  onValueChange: (role: Role) => void;
  /** Why another role cannot be chosen. */
  blocked?: string | null;
};

export function RoleChoice({ value, onValueChange, blocked = null }: RoleChoiceProps) {
  const t = useTranslations("people");
  const name = useTranslations("shell.roles");
  return (
    <FieldGroup legend={t("columns.role")}>
      <RadioCards
        label={t("columns.role")}
        value={value}
        onValueChange={onValueChange}
        options={roles.map((role) => ({
          value: role,
          label: name(role),
          hint: blocked !== null && role !== value ? blocked : t(`roleHints.${role}`),
          disabled: blocked !== null && role !== value,
        }))}
        className="sm:grid-cols-2"
      />
    </FieldGroup>
  );
}
