"use client";
/** A one-time link, shown once: to copy, with its end and what to do with it. */
import { useTranslations } from "next-intl";
import type { OneTimeLinkDto } from "#lib/contracts/people";
import { CodeBlock } from "../ui/code-block.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function OneTimeLink({ link, name }: { link: OneTimeLinkDto; name: string }) {
  const t = useTranslations("people.link");
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-2">{t(`give.${link.purpose}`, { name })}</p>
      <CodeBlock wrap label={t("label")} code={new URL(link.path, location.origin).href} />
      <p className="text-[0.8125rem] text-ink-2">{t.rich("until", { end: () => <AbsoluteTime at={link.expiresAt} /> })}</p>
      <Notice tone="warn" title={t("once")}>
        {t("onceHint")}
      </Notice>
    </div>
  );
}
