/** `<TaskMark task="full" />`: the sign of what a schedule starts; words stand beside it. */
import { clsx } from "clsx";
import { BrushCleaning, Circle, CircleDot, Diamond, ShieldCheck, type LucideIcon } from "lucide-react";
import type { ScheduleTask } from "#lib/domain/schedule-task";

/** The shapes of the time line: a disc for a full, a diamond for a differential, a ring for an incremental. */
const icons: Record<ScheduleTask, LucideIcon> = {
  full: CircleDot,
  differential: Diamond,
  incremental: Circle,
  verify: ShieldCheck,
  "clean-up": BrushCleaning,
};

export function TaskMark({ task, className }: { task: ScheduleTask; className?: string }) {
  const Icon = icons[task];
  return <Icon aria-hidden className={clsx("size-4 shrink-0 text-ink-3", className)} strokeWidth={2} />;
}
