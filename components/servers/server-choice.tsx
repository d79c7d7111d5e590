"use client";
/** `<ServerChoice servers={items} />`: the servers as ways to their databases, and the way to a new one. */
import { ChevronRight, Plus, Server } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ServerDto } from "#lib/contracts/servers";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";

export function ServerChoice({ servers }: { servers: readonly ServerDto[] }) {
  const t = useTranslations("servers");
  return (
    <>
      <Card flush>
        <ul className="divide-y divide-line/70">
          {servers.map(({ id, name, host, port }) => (
            <li key={id}>
              <Link href={`/settings/servers/${id}/databases`} className="flex items-center gap-3 px-4 py-3 hover:bg-hover sm:px-5">
                <Server aria-hidden className="size-4 text-ink-3" />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium text-ink">{name}</span>
                  <span className="block truncate font-mono text-xs text-ink-3">
                    {host}:{port}
                  </span>
                </span>
                <ChevronRight aria-hidden className="size-4 text-ink-3" />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
      <div>
        <ButtonLink icon={Plus} href="/settings/servers/new">
          {t("add")}
        </ButtonLink>
      </div>
    </>
  );
}
