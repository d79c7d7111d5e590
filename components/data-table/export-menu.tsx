"use client";
/**
 * `<ExportMenu endpoint={exportRuns} query={runQuery(list.values)} />` in a list's toolbar: the whole list, under the filters that the address
 * holds, as CSV or JSON. Whoever may read the list may keep it.
 */
import { Braces, Download, Sheet } from "lucide-react";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpointUrl } from "#lib/http/client";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";

type ExportMenuProps<E extends Endpoint> = { endpoint: E; query: Omit<NonNullable<z.input<E["query"]>>, "format"> };

export function ExportMenu<E extends Endpoint>({ endpoint, query }: ExportMenuProps<E>) {
  const t = useTranslations("common.export");
  const href = (format: "csv" | "json") => endpointUrl(endpoint, { query: { ...query, format } as z.input<E["query"]> });
  return (
    <Menu
      trigger={
        <Button size="sm" variant="ghost" icon={Download} className="ml-auto">
          {t("button")}
        </Button>
      }
      items={[
        { label: t("csv"), hint: t("csvHint"), icon: Sheet, href: href("csv"), external: true },
        { label: t("json"), hint: t("jsonHint"), icon: Braces, href: href("json"), external: true },
      ]}
    />
  );
}
