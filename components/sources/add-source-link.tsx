"use client";
/** `<AddSourceLink />`: shown to whom may add a source. */
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";

export function AddSourceLink() {
  const t = useTranslations("sources");
  const can = useCan();
  return can("sources:write") ? (
    <ButtonLink variant="primary" icon={Plus} href="/sources/new">
      {t("add")}
    </ButtonLink>
  ) : null;
}
