"use client";
/** `<UploadCard imported={imported} file={file} />`: the upload as it goes: bytes, speed, time left, pause and cancel. */
import { Pause, Play } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useEffect } from "react";
import type { ImportDto } from "#lib/contracts/imports";
import { formatBytes, formatRate } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatPercent } from "#lib/format/number";
import { ProblemNotice, useProblemText } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Progress } from "../ui/progress.tsx";
import { ForgetImport } from "./forget-import.tsx";
import { FileGoneError } from "./upload-loop.ts";
import { restMs } from "./upload-speed.ts";
import { type UploadPhase, useUpload } from "./use-upload.ts";

export function UploadCard({ imported, file }: { imported: ImportDto; file: File }) {
  const t = useTranslations("imports.upload");
  const { phase, sentBytes, speed, pause, resume } = useUpload(imported, file);
  const isOn = phase.name === "sending" || phase.name === "waiting";
  useWarnBeforeLeaving(isOn);
  return (
    <Card
      title={t(`phases.${phase.name}`)}
      description={<span className="wrap-anywhere">{imported.fileName}</span>}
      actions={
        <>
          {isOn ? (
            <Button icon={Pause} onClick={pause}>
              {t("pause")}
            </Button>
          ) : (
            <Button variant="primary" icon={Play} onClick={resume}>
              {t("goOn")}
            </Button>
          )}
          <ForgetImport imported={imported} onBefore={pause} />
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <UploadProgress bytes={imported.bytes} sentBytes={sentBytes} tone={phase.name === "failed" ? "bad" : "accent"} />
        <p className="flex flex-wrap justify-between gap-x-6 text-[0.8125rem] text-ink-2 nums">
          <SpeedText speed={speed} bytesLeft={imported.bytes - sentBytes} />
        </p>
        <PhaseNotice phase={phase} />
        <p className="text-xs text-ink-3">{t("stay")}</p>
      </div>
    </Card>
  );
}

type UploadProgressProps = { bytes: number; sentBytes: number; tone?: "accent" | "bad" };

export function UploadProgress({ bytes, sentBytes, tone = "accent" }: UploadProgressProps) {
  const t = useTranslations("imports.upload");
  const locale = useLocale();
  const text = t("sent", {
    sent: formatBytes(sentBytes, locale),
    bytes: formatBytes(bytes, locale),
    percent: formatPercent(bytes === 0 ? 0 : sentBytes / bytes, locale),
  });
  return (
    <>
      <Progress label={t("progress")} value={sentBytes} max={bytes} text={text} tone={tone} />
      <p className="text-sm font-medium text-ink nums">{text}</p>
    </>
  );
}

function SpeedText({ speed, bytesLeft }: { speed: number | null; bytesLeft: number }) {
  const t = useTranslations("imports.upload");
  const locale = useLocale();
  const left = restMs(speed, bytesLeft);
  if (speed === null) return <span> </span>;
  return (
    <>
      <span>{formatRate(speed, locale)}</span>
      {left === null ? null : <span>{t("left", { duration: formatDuration(left, locale) })}</span>}
    </>
  );
}

function PhaseNotice({ phase }: { phase: UploadPhase }) {
  const t = useTranslations("imports.upload");
  const tell = useProblemText();
  const locale = useLocale();
  if (phase.name === "waiting") {
    return (
      <Notice tone="warn" live title={tell(phase.error).message}>
        {t("retry", { duration: formatDuration(phase.retryMs, locale) })}
      </Notice>
    );
  }
  if (phase.name === "paused") return <Notice>{t("pausedHint")}</Notice>;
  if (phase.name !== "failed") return null;
  if (phase.error instanceof FileGoneError) {
    return (
      <Notice tone="bad" live title={t("fileGone")}>
        {t("fileGoneHint")}
      </Notice>
    );
  }
  return <ProblemNotice error={phase.error} />;
}

/** A closed tab stops the upload; what has arrived stays, but nobody should lose an hour by accident. */
function useWarnBeforeLeaving(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isOn]);
}
