"use client";
/** `<UrlEntry onParsed={(parsed) => …} />`: splits a connection URL into fields in this browser; the URL is neither sent nor kept. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { reasonOf, type Reason } from "#lib/domain/error";
import { parseConnectionUrl, type ParsedConnection } from "#lib/domain/server-address";
import { useReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";

export function UrlEntry({ onParsed }: { onParsed: (parsed: ParsedConnection) => void }) {
  const t = useTranslations("servers.form");
  const tell = useReasonText();
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState<Reason | null>(null);
  const [taken, setTaken] = useState<ParsedConnection | null>(null);
  const apply = (): void => {
    try {
      const parsed = parseConnectionUrl(url);
      setProblem(null);
      setTaken({ ...parsed, password: parsed.password === null ? null : "" });
      setUrl("");
      onParsed(parsed);
    } catch (error) {
      setTaken(null);
      setProblem(reasonOf(error));
    }
  };
  const error = problem === null ? undefined : `${tell(problem).message}. ${tell(problem).hint}`;
  return (
    <div className="flex flex-col gap-3">
      <Field label={t("url")} hint={t("urlHint")} error={error}>
        <div className="flex flex-wrap gap-2 sm:flex-nowrap">
          <Input
            mono
            value={url}
            onValueChange={(next) => setUrl(next)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              apply();
            }}
            placeholder="postgresql://backup:…@db.example.org:5432/shop"
            autoComplete="off"
            spellCheck={false}
          />
          <Button onClick={apply} disabled={url.trim() === ""}>
            {t("urlApply")}
          </Button>
        </div>
      </Field>
      {taken === null ? null : (
        <Notice tone="good" live title={t("urlApplied", { host: taken.host, port: String(taken.port) })}>
          {taken.password === null ? null : <p>{t("urlPasswordTaken")}</p>}
          {taken.database === "" ? null : <p>{t("urlDatabase", { database: taken.database })}</p>}
          {taken.ignored.length === 0 ? null : <p>{t("urlIgnored", { list: taken.ignored.join(", ") })}</p>}
        </Notice>
      )}
    </div>
  );
}
