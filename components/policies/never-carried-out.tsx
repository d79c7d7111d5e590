"use client";
/** `<NeverCarriedOut source policy simulated />`: says that nothing ever asks a policy, with the way to change that; nothing where something does. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { PolicyDto } from "#lib/contracts/policies";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { sourceSchedulesQuery } from "#lib/query/schedules";
import { ScheduleEditor } from "../schedules/schedule-editor.tsx";
import { useCan } from "../shell/me.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { isCarriedOut } from "./carried-out.ts";

type NeverProps = {
  source: SourceDetailDto;
  /** Undefined: none, or not known yet. */
  policy: PolicyDto | undefined;
  /** It stands beside what would happen if something did. */
  simulated?: boolean;
};

export function NeverCarriedOut({ source, policy, simulated = false }: NeverProps) {
  const t = useTranslations("policies.one");
  const mayWrite = useCan()("policies:write");
  const [isAdding, setIsAdding] = useState(false);
  const { data } = useQuery(sourceSchedulesQuery(source.id));
  return (
    <>
      {isCarriedOut(policy, data?.items) ? null : (
        <Notice
          tone="warn"
          title={t("never")}
          actions={
            mayWrite ? (
              <Button size="sm" icon={Plus} onClick={() => setIsAdding(true)}>
                {t("addCleanUp")}
              </Button>
            ) : null
          }
        >
          {simulated ? t("neverSimulated") : t("neverText")}
        </Notice>
      )}
      {isAdding ? <ScheduleEditor source={source} schedule={null} task="clean-up" onClose={() => setIsAdding(false)} /> : null}
    </>
  );
}
