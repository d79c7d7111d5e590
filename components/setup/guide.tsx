"use client";
/** The first choice after the first sign-in: the own server, or the sample. */
import { FlaskConical, Plus, Server, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ButtonLink } from "../ui/button.tsx";
import { StartSample } from "./start-sample.tsx";

export function Guide() {
  const t = useTranslations("setup.guide");
  return (
    <div className="flex flex-col items-center gap-6">
      <div className="grid w-full gap-4 md:grid-cols-2">
        <Choice icon={Server} title={t("server")} text={t("serverText")}>
          <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
            {t("serverAction")}
          </ButtonLink>
        </Choice>
        <Choice icon={FlaskConical} title={t("sample")} text={t("sampleText")}>
          <StartSample />
        </Choice>
      </div>
      <Link href="/" className="link text-sm">
        {t("later")}
      </Link>
    </div>
  );
}

function Choice({ icon: Icon, title, text, children }: { icon: LucideIcon; title: string; text: string; children: ReactNode }) {
  return (
    <section className="flex flex-col rounded-card border border-line bg-surface p-5 shadow-card">
      <span className="grid size-10 place-items-center rounded-lg bg-accent-soft text-accent-ink">
        <Icon aria-hidden className="size-5" strokeWidth={1.8} />
      </span>
      <h2 className="mt-4 text-base font-semibold tracking-tight">{title}</h2>
      <p className="mt-1 mb-5 text-sm text-ink-2">{text}</p>
      <div className="mt-auto">{children}</div>
    </section>
  );
}
