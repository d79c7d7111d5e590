"use client";
/** `<EnvironmentBadge environment={source.environment} />`: production stands out, the others stay quiet. */
import { useTranslations } from "next-intl";
import type { Environment } from "#lib/domain/backup-state";
import { Badge, type Tone } from "../ui/badge.tsx";

const tones: Record<Environment, Tone> = { production: "warn", staging: "neutral", development: "neutral" };

export function EnvironmentBadge({ environment }: { environment: Environment }) {
  const t = useTranslations("status.environment");
  return <Badge tone={tones[environment]}>{t(environment)}</Badge>;
}
