"use client";
/** `<PauseButton source />`: pauses a source until a time, which is asked for, or lets it go on. */
import { Pause, Play } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { updateSource, type SourceDetailDto } from "#lib/contracts/sources";
import { formatMinute } from "#lib/format/time";
import { useAction } from "#lib/query/use-action";
import { PauseDialog } from "../schedules/pause-dialog.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

const changes = ["getSource", "listSources", "listSourceNames", "getOverview", "listSchedules", "getCalendar"] as const;

export function PauseButton({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.one");
  const words = useTranslations("schedules.pause");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const tell = useProblemText();
  const [isAsking, setIsAsking] = useState(false);
  const pause = useAction(updateSource, {
    changes,
    onDone: ({ name, pausedUntil }) => {
      toast({
        title: pausedUntil === null ? words("doneOpen", { name }) : words("doneUntil", { name, time: formatMinute(pausedUntil, settings) }),
      });
      setIsAsking(false);
    },
  });
  const resume = useAction(updateSource, {
    changes,
    onDone: ({ name }) => toast({ title: t("resumed", { name }) }),
    onProblem: (error) => toast({ tone: "bad", title: tell(error).message, text: tell(error).hint }),
  });
  if (source.pausedAt !== null) {
    return (
      <Button
        icon={Play}
        pending={resume.isPending}
        onClick={() => resume.mutate({ params: { id: source.id }, body: { paused: false }, ifMatch: source.version })}
      >
        {t("resume")}
      </Button>
    );
  }
  return (
    <>
      <Button icon={Pause} onClick={() => setIsAsking(true)}>
        {t("pause")}
      </Button>
      {isAsking ? (
        <PauseDialog
          title={words("titleSource", { name: source.name })}
          text={words("textSource")}
          pending={pause.isPending}
          error={pause.error}
          onPause={(until) =>
            pause.mutate({ params: { id: source.id }, body: { paused: true, pausedUntil: until }, ifMatch: source.version })
          }
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}
