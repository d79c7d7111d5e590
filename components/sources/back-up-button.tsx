"use client";
/** `<BackUpButton source={source} />`: "Back up now", or, while one runs, the way to that run. Nothing for whom it is not allowed. */
import { DatabaseBackup, LoaderCircle } from "lucide-react";
import { useTranslations } from "next-intl";
import type { SourceDto } from "#lib/contracts/sources";
import { useCan } from "../shell/me.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { useAskBackUp } from "./back-up-dialog.tsx";

type BackUpButtonProps = {
  source: Pick<SourceDto, "id" | "name" | "pausedAt" | "activeRun">;
  /** In a row: small, quiet, the icon alone on narrow screens, and the source's name for a screen reader. */
  row?: boolean;
};

export function BackUpButton({ source, row = false }: BackUpButtonProps) {
  const t = useTranslations("sources.backUp");
  const can = useCan();
  const ask = useAskBackUp();
  const look = row ? ({ size: "sm", variant: "secondary", className: "z-10" } as const) : ({ variant: "primary" } as const);
  const words = (text: string) =>
    row ? (
      <span className="max-sm:sr-only">
        {text} <span className="sr-only">{source.name}</span>
      </span>
    ) : (
      text
    );
  if (source.activeRun !== null) {
    return (
      <ButtonLink
        {...look}
        icon={LoaderCircle}
        href={`/runs/${source.activeRun.id}`}
        className={row ? "z-10 [&_svg]:animate-turn" : "[&_svg]:animate-turn"}
      >
        {words(t("running"))}
      </ButtonLink>
    );
  }
  if (!can("backups:create")) return null;
  if (row && source.pausedAt !== null) return null;
  return (
    <Button {...look} icon={DatabaseBackup} disabled={source.pausedAt !== null} onClick={() => ask(source)}>
      {words(t("button"))}
    </Button>
  );
}
