"use client";
/** `<MemberSize member largest />`: what a member gives back beside what it added to storage, as words and as two bars over one scale. */
import { useLocale, useTranslations } from "next-intl";
import type { ChainMemberDto } from "#lib/contracts/chains";
import { formatBytes } from "#lib/format/bytes";

export function MemberSize({ member, largest }: { member: Pick<ChainMemberDto, "streamBytes" | "storedBytes">; largest: number }) {
  const t = useTranslations("chains.rail");
  const locale = useLocale();
  const width = (bytes: number) => `${Math.max(0.5, (bytes / largest) * 100)}%`;
  return (
    <div className="flex flex-col gap-1">
      <svg aria-hidden width="100%" height="12" className="block">
        <rect width={width(member.streamBytes)} height="5" rx="2.5" className="fill-line-strong" />
        <rect y="7" width={width(member.storedBytes)} height="5" rx="2.5" className="fill-accent" />
      </svg>
      <p className="text-xs text-ink-2 nums">
        {t("sizes", { stream: formatBytes(member.streamBytes, locale), stored: formatBytes(member.storedBytes, locale) })}
      </p>
    </div>
  );
}
