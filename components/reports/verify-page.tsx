"use client";
/** Whether a report file is one of ours and untouched: chosen, dropped or pasted here, or checked without Lifeboat by the small program. */
import { FileSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { checkReportFile } from "#lib/contracts/drill-reports";
import { useAction } from "#lib/query/use-action";
import { DropZone } from "../imports/drop-zone.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { PublicKeys } from "./public-keys.tsx";
import { VerifyResult } from "./verify-result.tsx";

/** What the endpoint takes at most, in characters. */
const longest = 5_000_000;

export function VerifyPage() {
  const t = useTranslations("reports.verify");
  const shell = useTranslations("shell");
  const [text, setText] = useState("");
  const [name, setName] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<"too-large" | "unreadable" | null>(null);
  const check = useAction(checkReportFile, { changes: [] });
  const look = (content: string, fileName: string | null): void => {
    setName(fileName);
    if (content.length > longest) setTrouble("too-large");
    else {
      setTrouble(null);
      check.mutate({ body: { text: content } });
    }
  };
  const readFile = async (file: File): Promise<void> => {
    check.reset();
    try {
      // `file.text()` would take a byte order mark out, and with it what somebody put in.
      look(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await file.arrayBuffer()), file.name);
    } catch {
      setTrouble("unreadable");
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    // What comes through a clipboard often brings a line break along; a file is taken as it is.
    look(text.trim(), null);
  };
  return (
    <Page>
      <PageHeader title={t("title")} crumbs={[{ href: "/drills", label: shell("drills") }]} description={t("lead")} />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
            {trouble === null ? null : <Notice tone="bad" title={t(`trouble.${trouble}`)} />}
            <ProblemNotice error={check.error} />
            {check.data === undefined || trouble !== null ? null : <VerifyResult answer={check.data} fileName={name} />}
          </div>
          <Card title={t("file")}>
            <div className="flex flex-col gap-5">
              <DropZone title={t("drop")} hint={t("dropHint")} disabled={check.isPending} onFile={(file) => void readFile(file)} />
              <form onSubmit={submit} className="flex flex-col items-start gap-3">
                <Field label={t("paste")} hint={t("pasteHint")} className="w-full">
                  <Textarea mono rows={6} value={text} onValueChange={setText} spellCheck={false} />
                </Field>
                <Button type="submit" variant="primary" icon={FileSearch} disabled={text === ""} pending={check.isPending}>
                  {t("check")}
                </Button>
              </form>
            </div>
          </Card>
        </div>
        <PublicKeys />
      </div>
    </Page>
  );
}
