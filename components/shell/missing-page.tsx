/** What a `not-found.tsx` shows. */
import { useTranslations } from "next-intl";
import { ButtonLink } from "../ui/button.tsx";
import { Mark } from "./mark.tsx";

export function MissingPage() {
  const t = useTranslations("shell");
  return (
    <div className="flex flex-col items-center px-4 py-16 text-center">
      <Mark className="size-10 opacity-80" />
      <h1 className="mt-5 text-xl font-semibold tracking-tight">{t("notFound")}</h1>
      <p className="mt-1 max-w-md text-sm text-ink-2">{t("notFoundHint")}</p>
      <ButtonLink href="/" className="mt-6">
        {t("toOverview")}
      </ButtonLink>
    </div>
  );
}
