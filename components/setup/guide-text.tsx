"use client";
/** What a step says: what it is for while it is to be done, and what became of it afterwards. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useMe } from "../shell/me.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { GuideState, GuideStep } from "./guide-state.tsx";

/** So many names are told; the rest is a number. */
const namesTold = 3;

export function GuideText({ step, state }: { step: GuideStep; state: GuideState }): ReactNode {
  const t = useTranslations("setup.guide");
  const me = useMe();
  const list = (all: readonly { name: string }[]) => {
    const names = all.slice(0, namesTold).map(({ name }) => name);
    return t("names", { names: names.join(", "), more: all.length - names.length });
  };
  switch (step) {
    case "account":
      return t("account.done", { name: me.name });
    case "server":
      if (!state.done.server) return t("server.todo");
      return state.servers.length === 0 ? t("server.doneElsewhere") : list(state.servers);
    case "databases":
      return state.done.databases ? list(state.sources) : t("databases.todo");
    case "schedule": {
      const times = state.scheduled.flatMap(({ nextBackupAt }) => nextBackupAt ?? []);
      const next = times.toSorted((a, b) => a.localeCompare(b))[0] ?? null;
      if (!state.done.schedule) return t("schedule.todo");
      return t.rich("schedule.done", { count: state.scheduled.length, age: () => <RelativeTime at={next} /> });
    }
    case "backup": {
      const { backedUp, toBackUp } = state;
      if (backedUp !== null) return t.rich("backup.done", { name: backedUp.name, age: () => <RelativeTime at={backedUp.lastGoodAt} /> });
      if (toBackUp !== null && toBackUp.activeRun !== null) return t("backup.running", { name: toBackUp.name });
      if (toBackUp?.lastRun?.state === "failed") return t("backup.failed", { name: toBackUp.name });
      return t("backup.todo");
    }
    case "proof": {
      const { proven } = state;
      if (proven !== null) return t.rich("proof.done", { name: proven.name, age: () => <RelativeTime at={proven.lastProvenAt} /> });
      return t(state.openDrillId === null ? "proof.todo" : "proof.running");
    }
  }
}
