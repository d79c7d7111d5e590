"use client";
/** `<MemberNeeds chain member />`: which packs a member reads, how much of each and in how many ranges, and which members need it. */
import { ChevronRight } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { ChainDetailDto, ChainMemberDto } from "#lib/contracts/chains";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { formatMinute } from "#lib/format/time";
import { StatusBadge } from "../status/status-badge.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { memberReads } from "./chain-numbers.ts";

/** A full is needed by all; more than so many names help nobody. */
const mostNamed = 6;

export function MemberNeeds({ chain, member }: { chain: ChainDetailDto; member: ChainMemberDto }) {
  const t = useTranslations("chains.rail");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const timeOf = (id: string) => chain.rail.find((each) => each.id === id)?.snapshotAt;
  const reads = formatBytes(memberReads(member), settings.locale);
  const neededBy = chain.rail.filter(({ id }) => member.neededBy.includes(id));
  return (
    <div className="flex flex-col gap-1.5 text-[0.8125rem] text-ink-2">
      {member.needs.length === 0 ? (
        <p>{t("needsNothing", { reads })}</p>
      ) : (
        <details className="group">
          <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded hover:text-ink [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
            {t("needs", { count: member.needs.length, reads })}
          </summary>
          <Needs member={member} timeOf={timeOf} />
        </details>
      )}
      {member.neededBy.length === 0 ? (
        <p>{t("neededByNone")}</p>
      ) : (
        <p>
          {t("neededBy", { count: member.neededBy.length })}{" "}
          {neededBy.slice(0, mostNamed).map(({ id, snapshotAt }, index) => (
            <span key={id}>
              {index === 0 ? "" : ", "}
              <a href={`#${id}`} className="link nums">
                {formatMinute(snapshotAt, settings)}
              </a>
            </span>
          ))}
          {neededBy.length > mostNamed ? `, ${t("more", { count: neededBy.length - mostNamed })}` : null}
        </p>
      )}
    </div>
  );
}

function Needs({ member, timeOf }: { member: ChainMemberDto; timeOf: (id: string) => string | undefined }) {
  const t = useTranslations("chains.rail");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  return (
    <div className="mt-2 rounded-lg border border-line">
      <TableFrame label={t("needsLabel", { time: formatMinute(member.snapshotAt, settings) })} className="relative">
        <thead>
          <tr>
            <Th>{t("needsBackup")}</Th>
            <Th num>{t("needsRead")}</Th>
            <Th num>{t("needsRanges")}</Th>
            <Th>{t("needsState")}</Th>
          </tr>
        </thead>
        <tbody>
          {member.needs.map((need) => {
            const at = timeOf(need.backupId);
            return (
              <tr key={need.packKey}>
                <Td>
                  {at === undefined ? (
                    <span className="text-ink-3">{t("needsGone")}</span>
                  ) : (
                    <Link href={`/backups/${need.backupId}`} className="link nums">
                      {formatMinute(at, settings)}
                    </Link>
                  )}
                  <span className="block font-mono text-2xs break-all text-ink-3">{need.packKey}</span>
                </Td>
                <Td num className="whitespace-nowrap">
                  {formatBytes(need.readBytes, settings.locale)}
                </Td>
                <Td num>{formatCount(need.ranges, settings.locale)}</Td>
                <Td>
                  <StatusBadge status={need.present ? "pack.present" : "pack.missing"} />
                </Td>
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
    </div>
  );
}
