"use client";
/** `<NewImportLink />`: the way to import a backup, for whom it is allowed. */
import { FileInput } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";

export function NewImportLink({ primary = true }: { primary?: boolean }) {
  const t = useTranslations("imports");
  const can = useCan();
  return can("backups:import") ? (
    <ButtonLink variant={primary ? "primary" : "secondary"} icon={FileInput} href="/imports/new">
      {t("new")}
    </ButtonLink>
  ) : null;
}
