"use client";
/** Scopes to choose one by one, grouped by what they are about; only what the role may do is there. */
import { useTranslations } from "next-intl";
import type { Permission, Role } from "#lib/domain/permissions";
import { Checkbox } from "../ui/checkbox.tsx";
import { scopesByResource } from "./scopes.ts";

type ScopeChoiceProps = { role: Role; chosen: ReadonlySet<Permission>; onChange: (chosen: ReadonlySet<Permission>) => void };

export function ScopeChoice({ role, chosen, onChange }: ScopeChoiceProps) {
  const t = useTranslations("tokens");
  const toggle = (permission: Permission, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(permission);
    else next.delete(permission);
    onChange(next);
  };
  return (
    <div className="gap-x-6 rounded-lg border border-line bg-sunken/50 px-4 pt-4 sm:columns-2">
      {scopesByResource(role).map(([resource, scopes]) => (
        <fieldset key={resource} className="min-w-0 break-inside-avoid pb-4">
          <legend className="mb-1.5 text-xs font-medium text-ink-3">{t(`resources.${resource}` as "resources.servers")}</legend>
          <div className="flex flex-col gap-1.5">
            {scopes.map((permission) => (
              <Checkbox
                key={permission}
                checked={chosen.has(permission)}
                onCheckedChange={(isChosen) => toggle(permission, isChosen)}
                label={t(`permissions.${permission.replace(":", ".")}` as "permissions.servers.read")}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}
