"use client";
/** What one event changed, field by field; what stayed the same is left out. */
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { AuditEventDto } from "#lib/contracts/audit";
import { InlineCode } from "../ui/code-block.tsx";
import { Td, TableFrame, Th } from "../ui/table.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { changedFields, valueText } from "./changed-fields.tsx";

export function AuditDetail({ event }: { event: AuditEventDto }) {
  const t = useTranslations("activity");
  const fields = changedFields(event.before, event.after);
  return (
    <div className="flex flex-col gap-3">
      {fields.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-2">{t("noChanges")}</p>
      ) : (
        <TableFrame label={t("changes")} className="rounded-lg border border-line bg-surface">
          <thead>
            <tr>
              <Th>{t("field")}</Th>
              <Th>{t("before")}</Th>
              <Th>{t("after")}</Th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, before, after }) => (
              <tr key={name}>
                <Td className="font-mono text-xs">{name}</Td>
                <Td className="max-w-96 font-mono text-xs wrap-anywhere text-ink-2">{valueText(before)}</Td>
                <Td className="max-w-96 font-mono text-xs wrap-anywhere">{valueText(after)}</Td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      <p className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-3">
        <span>
          {t("exact")}: <AbsoluteTime at={event.at} seconds />
        </span>
        {event.targetId ? (
          <span className="flex flex-wrap gap-x-2">
            <InlineCode>{event.targetId}</InlineCode>
            <Link href={`/activity/audit?target=${event.targetId}`} className="link">
              {t("aboutThis")}
            </Link>
          </span>
        ) : null}
        {event.actor.type === "system" ? null : (
          <Link href={`/activity/audit?actor=${encodeURIComponent(event.actor.id ?? event.actor.name)}`} className="link">
            {t("byThis", { name: event.actor.name })}
          </Link>
        )}
        {event.address ? <InlineCode>{event.address}</InlineCode> : null}
        {event.requestId ? (
          <span>
            {t("requestId")}: <InlineCode>{event.requestId}</InlineCode>
          </span>
        ) : null}
      </p>
    </div>
  );
}
