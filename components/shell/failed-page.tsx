"use client";
/** What an `error.tsx` shows: for a refusal of ours (Next hides its text in production) the digest leads to the log. */
import { RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button, ButtonLink } from "../ui/button.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Mark } from "./mark.tsx";

export function FailedPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  return (
    <div className="flex flex-col items-center px-4 py-16 text-center">
      <Mark className="size-10 opacity-80" />
      <h1 className="mt-5 text-xl font-semibold tracking-tight">{t("failed")}</h1>
      <p className="mt-1 max-w-md text-sm text-ink-2">{t("failedHint")}</p>
      {error.digest ? (
        <p className="mt-2 text-xs text-ink-3">
          {t("failedDigest")} <InlineCode>{error.digest}</InlineCode>
        </p>
      ) : null}
      <div className="mt-6 flex flex-wrap justify-center gap-2">
        <Button variant="primary" icon={RotateCw} onClick={reset}>
          {common("tryAgain")}
        </Button>
        <ButtonLink href="/">{t("toOverview")}</ButtonLink>
      </div>
    </div>
  );
}
