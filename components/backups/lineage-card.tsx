"use client";
/** `<LineageCard backup={backup} />`: kind and why, what it builds on and needs, where it came from, and its chain. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { useReasonText } from "../state/reason.tsx";
import { PointSymbol } from "../timeline/point-mark.tsx";
import { shapeOf } from "../timeline/time-line-model.ts";
import { Card } from "../ui/card.tsx";
import { Digest } from "../ui/code-block.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";

export function LineageCard({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.lineage");
  const shapes = useTranslations("timeline.shapes");
  const kinds = useTranslations("backups.kinds");
  const tell = useReasonText();
  const locale = useLocale();
  const { askedKind, kindReason, baseId, parentId, derivedFromId, imported } = backup;
  const link = (id: string, text: ReactNode) => (
    <Link href={`/backups/${id}`} className="link">
      {text}
    </Link>
  );
  const items: Fact[] = [
    {
      label: t("kind"),
      value: (
        <span className="inline-flex items-center gap-2">
          <PointSymbol shape={shapeOf(backup)} blocked={backup.broken !== null} />
          {shapes(shapeOf(backup))}
        </span>
      ),
      hint:
        askedKind === null || kindReason === null ? undefined : t("instead", { kind: kinds(askedKind), reason: tell(kindReason).message }),
    },
    {
      label: t("chain"),
      value: (
        <Link href={`/chains/${backup.chainId}#${backup.id}`} className="link">
          {t("openChain")}
        </Link>
      ),
      hint: t("chainHint"),
    },
    {
      label: t("needs"),
      value: backup.needs === 0 ? t("needsNone") : t("needsCount", { count: backup.needs }),
      hint: backup.needs === 0 ? t("needsNoneHint") : undefined,
    },
    ...(baseId === null || baseId === backup.id ? [] : [{ label: t("base"), value: link(baseId, t("openBase")) }]),
    ...(parentId === null || parentId === baseId ? [] : [{ label: t("parent"), value: link(parentId, t("openParent")) }]),
    ...(derivedFromId === null ? [] : [{ label: t("derived"), value: link(derivedFromId, t("openDerived")), hint: t("derivedHint") }]),
    ...(imported === null
      ? []
      : [
          {
            label: t("imported"),
            value: imported.fileName,
            hint: `${imported.format}, ${formatBytes(imported.bytes, locale)}`,
          },
          { label: t("importedSha"), value: <Digest value={imported.sha256} what={t("importedSha")} /> },
        ]),
  ];
  return (
    <Card title={t("title")}>
      <Facts items={items} className="-my-2" />
    </Card>
  );
}
