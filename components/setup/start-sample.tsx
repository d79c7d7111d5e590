"use client";
/** `<StartSample variant="primary" />`: asks for the sample shop and says what happens next. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useTranslations } from "next-intl";
import { startSample } from "#lib/contracts/session";
import { call } from "#lib/http/client";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button, type ButtonVariant } from "../ui/button.tsx";

export function StartSample({ variant = "secondary" }: { variant?: ButtonVariant }) {
  const t = useTranslations("setup.guide");
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => call(startSample),
    onSuccess: () => Promise.all(["getOverview", "listSources", "listServers"].map((id) => client.invalidateQueries({ queryKey: [id] }))),
  });
  if (start.data) {
    return (
      <p role="status" className="text-sm text-ink-2">
        {start.data.state === "present" ? t("samplePresent") : t("sampleStarting")}
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button variant={variant} icon={FlaskConical} pending={start.isPending} onClick={() => start.mutate()}>
          {t("sampleAction")}
        </Button>
      </div>
      <ProblemNotice error={start.error} />
    </div>
  );
}
