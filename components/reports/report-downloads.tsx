"use client";
/** `<ReportDownloads drillId />`: the report as PDF in the reader's language, and beside it as Markdown and as the signed JSON. */
import { Braces, ChevronDown, FileText, FileType, Printer } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { downloadDrillReport, type reportFormats } from "#lib/contracts/drill-reports";
import { endpointUrl } from "#lib/http/client";
import { DownloadLink, IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";

export function ReportDownloads({ drillId }: { drillId: string }) {
  const t = useTranslations("reports.page.files");
  const language = useLocale();
  const href = (format: (typeof reportFormats)[number]): string =>
    endpointUrl(downloadDrillReport, { params: { id: drillId }, query: { format, language } });
  return (
    <span className="flex gap-1">
      <DownloadLink variant="primary" icon={FileType} href={href("pdf")}>
        {t("pdf")}
      </DownloadLink>
      <Menu
        trigger={<IconButton variant="secondary" icon={ChevronDown} label={t("more")} tooltip={false} />}
        items={[
          { label: t("json"), hint: t("jsonHint"), icon: Braces, href: href("json"), external: true },
          { label: t("markdown"), hint: t("markdownHint"), icon: FileText, href: href("markdown"), external: true },
          "line",
          { label: t("print"), icon: Printer, onSelect: () => window.print() },
        ]}
      />
    </span>
  );
}
