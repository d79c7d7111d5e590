/** Every state that the interface shows, once: icon, colour and (under `status.<key>` in the messages) words. Never colour alone. */
import {
  Archive,
  Ban,
  BellOff,
  BellRing,
  CalendarClock,
  CalendarX2,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleMinus,
  CircleSlash,
  CircleX,
  CircleQuestionMark,
  Clock3,
  ClockAlert,
  Database,
  Equal,
  EqualNot,
  FileHeart,
  FileQuestion,
  FileWarning,
  HardDrive,
  Link2,
  ListChecks,
  LoaderCircle,
  MailQuestionMark,
  MoonStar,
  OctagonAlert,
  OctagonX,
  Pause,
  Replace,
  ShieldAlert,
  ShieldCheck,
  ShieldX,
  SignalHigh,
  SignalLow,
  SignalMedium,
  Siren,
  Trash2,
  TriangleAlert,
  Undo2,
  Upload,
  Unlink,
  type LucideIcon,
} from "lucide-react";
import type { ChainDto } from "#lib/contracts/chains";
import type { DueState } from "#lib/contracts/drill-plans";
import type { ReplacementDto } from "#lib/contracts/restores";
import type { SlotDto } from "#lib/contracts/schedules";
import type { OrphanDto } from "#lib/contracts/storage";
import type { UserDto } from "#lib/contracts/people";
import type { ApiTokenDto } from "#lib/contracts/tokens";
import type { DeliveryState } from "#lib/domain/alert-codes";
import type { BackupState, CopyState, ProofLevel } from "#lib/domain/backup-state";
import type { CheckState } from "#lib/domain/drill-checks";
import type { DrillState, DrillVerdict } from "#lib/domain/drill-state";
import type { GateState } from "#lib/domain/gate-state";
import type { ImportState } from "#lib/domain/import-state";
import type { IncidentItemState, IncidentSeverity, IncidentState } from "#lib/domain/incident-state";
import type { RunState, StepState } from "#lib/domain/run-state";
import type { Tone } from "../ui/badge.tsx";

export type StatusKey =
  | `run.${RunState}`
  | `step.${StepState}`
  | `backup.${BackupState}`
  | `copy.${CopyState}`
  | `proof.${ProofLevel}`
  | `proof.${"never" | "failed"}`
  | `check.${"passed" | "failed" | "skipped"}`
  | `table.${"equal" | "different" | "missing" | "not-restored"}`
  | `chain.${ChainDto["state"]}`
  | `pack.${"present" | "missing"}`
  | `orphan.${OrphanDto["provenance"]}`
  | `answers.${ReplacementDto["answers"]}`
  | `worker.${"alive" | "lost"}`
  | `source.${"paused" | "active" | "late"}`
  | `import.${ImportState}`
  | `user.${UserDto["state"]}`
  | `token.${ApiTokenDto["state"]}`
  | `drill.${DrillState}`
  | `verdict.${DrillVerdict}`
  | `drillCheck.${CheckState}`
  | `preflight.${"good" | "warning" | "blocked"}`
  | `due.${DueState}`
  | `slot.${SlotDto["state"]}`
  | `incident.${IncidentState}`
  | `severity.${IncidentSeverity}`
  | `item.${IncidentItemState}`
  | `delivery.${DeliveryState}`
  | `alert.${"open" | "resolved"}`
  | `channel.${"on" | "waiting" | "failing" | "off"}`
  | `gate.${GateState}`;

export type StatusLook = { readonly icon: LucideIcon; readonly tone: Tone; readonly spin?: boolean };

export const statusRecord: Record<StatusKey, StatusLook> = {
  "run.queued": { icon: Clock3, tone: "neutral" },
  "run.running": { icon: LoaderCircle, tone: "accent", spin: true },
  "run.succeeded": { icon: CircleCheck, tone: "good" },
  "run.failed": { icon: CircleX, tone: "bad" },
  "run.cancelled": { icon: Ban, tone: "neutral" },

  "step.pending": { icon: CircleDashed, tone: "neutral" },
  "step.running": { icon: LoaderCircle, tone: "accent", spin: true },
  "step.done": { icon: CircleCheck, tone: "good" },
  "step.failed": { icon: CircleX, tone: "bad" },
  "step.skipped": { icon: CircleMinus, tone: "neutral" },

  "backup.writing": { icon: LoaderCircle, tone: "accent", spin: true },
  "backup.available": { icon: CircleCheck, tone: "good" },
  "backup.trashed": { icon: Trash2, tone: "warn" },
  "backup.deleting": { icon: Trash2, tone: "neutral" },

  "copy.writing": { icon: LoaderCircle, tone: "accent", spin: true },
  "copy.stored": { icon: HardDrive, tone: "good" },
  "copy.missing": { icon: FileQuestion, tone: "bad" },
  "copy.damaged": { icon: FileWarning, tone: "bad" },
  "copy.deleting": { icon: Trash2, tone: "neutral" },

  "proof.stored": { icon: HardDrive, tone: "neutral" },
  "proof.verified": { icon: CircleCheck, tone: "accent" },
  "proof.proven": { icon: ShieldCheck, tone: "good" },
  "proof.never": { icon: CircleDashed, tone: "neutral" },
  "proof.failed": { icon: CircleX, tone: "bad" },

  "check.passed": { icon: CircleCheck, tone: "good" },
  "check.failed": { icon: CircleX, tone: "bad" },
  "check.skipped": { icon: CircleMinus, tone: "neutral" },

  "table.equal": { icon: Equal, tone: "good" },
  "table.different": { icon: EqualNot, tone: "bad" },
  "table.missing": { icon: FileQuestion, tone: "bad" },
  "table.not-restored": { icon: CircleMinus, tone: "neutral" },

  "chain.whole": { icon: Link2, tone: "good" },
  "chain.broken": { icon: Unlink, tone: "bad" },
  "chain.retired": { icon: Archive, tone: "neutral" },

  "pack.present": { icon: HardDrive, tone: "good" },
  "pack.missing": { icon: FileQuestion, tone: "bad" },

  "orphan.ours": { icon: FileHeart, tone: "good" },
  "orphan.external": { icon: FileQuestion, tone: "warn" },
  "orphan.unreadable": { icon: FileWarning, tone: "bad" },

  "answers.old": { icon: Database, tone: "neutral" },
  "answers.new": { icon: Replace, tone: "good" },
  "answers.undone": { icon: Undo2, tone: "neutral" },
  "answers.unsettled": { icon: CircleQuestionMark, tone: "warn" },

  "worker.alive": { icon: CircleDot, tone: "good" },
  "worker.lost": { icon: CircleAlert, tone: "bad" },

  "source.active": { icon: CircleCheck, tone: "good" },
  "source.paused": { icon: Pause, tone: "warn" },
  "source.late": { icon: ClockAlert, tone: "warn" },

  "import.uploading": { icon: Upload, tone: "accent" },
  "import.ready": { icon: CircleDot, tone: "warn" },
  "import.running": { icon: LoaderCircle, tone: "accent", spin: true },
  "import.done": { icon: CircleCheck, tone: "good" },
  "import.failed": { icon: CircleX, tone: "bad" },

  "user.active": { icon: CircleCheck, tone: "good" },
  "user.invited": { icon: MailQuestionMark, tone: "accent" },
  "user.disabled": { icon: Ban, tone: "neutral" },

  "token.active": { icon: CircleCheck, tone: "good" },
  "token.expired": { icon: Clock3, tone: "neutral" },
  "token.revoked": { icon: Ban, tone: "neutral" },
  "token.stopped": { icon: Pause, tone: "warn" },

  "drill.preparing": { icon: LoaderCircle, tone: "accent", spin: true },
  "drill.prepared": { icon: CircleDot, tone: "accent" },
  "drill.restoring": { icon: LoaderCircle, tone: "accent", spin: true },
  "drill.restore-failed": { icon: CircleX, tone: "bad" },
  "drill.validating": { icon: ListChecks, tone: "accent" },
  "drill.closing": { icon: LoaderCircle, tone: "accent", spin: true },
  "drill.closed": { icon: CircleCheck, tone: "neutral" },
  "drill.aborting": { icon: LoaderCircle, tone: "neutral", spin: true },
  "drill.aborted": { icon: Ban, tone: "neutral" },

  "verdict.passed": { icon: ShieldCheck, tone: "good" },
  "verdict.passed-with-findings": { icon: ShieldAlert, tone: "warn" },
  "verdict.failed": { icon: ShieldX, tone: "bad" },

  "drillCheck.pending": { icon: CircleDashed, tone: "neutral" },
  "drillCheck.running": { icon: LoaderCircle, tone: "accent", spin: true },
  "drillCheck.passed": { icon: CircleCheck, tone: "good" },
  "drillCheck.failed": { icon: CircleX, tone: "bad" },
  "drillCheck.not-applicable": { icon: CircleMinus, tone: "neutral" },

  "preflight.good": { icon: CircleCheck, tone: "good" },
  "preflight.warning": { icon: TriangleAlert, tone: "warn" },
  "preflight.blocked": { icon: CircleX, tone: "bad" },

  "due.none": { icon: CircleDashed, tone: "neutral" },
  "due.ok": { icon: CircleCheck, tone: "good" },
  "due.due-soon": { icon: CalendarClock, tone: "neutral" },
  "due.due": { icon: CalendarClock, tone: "warn" },
  "due.overdue": { icon: CircleAlert, tone: "bad" },
  "due.running": { icon: LoaderCircle, tone: "accent", spin: true },

  "slot.planned": { icon: CalendarClock, tone: "neutral" },
  "slot.waiting": { icon: Clock3, tone: "accent" },
  "slot.started": { icon: LoaderCircle, tone: "accent", spin: true },
  "slot.done": { icon: CircleCheck, tone: "good" },
  "slot.failed": { icon: CircleX, tone: "bad" },
  "slot.missed": { icon: CalendarX2, tone: "bad" },
  "slot.skipped": { icon: CircleMinus, tone: "neutral" },

  "incident.open": { icon: Siren, tone: "bad" },
  "incident.closed": { icon: CircleCheck, tone: "neutral" },

  "severity.low": { icon: SignalLow, tone: "neutral" },
  "severity.medium": { icon: SignalMedium, tone: "warn" },
  "severity.high": { icon: SignalHigh, tone: "bad" },
  "severity.critical": { icon: OctagonAlert, tone: "bad" },

  "item.open": { icon: CircleDashed, tone: "neutral" },
  "item.confirmed": { icon: CircleCheck, tone: "good" },
  "item.waived": { icon: CircleSlash, tone: "warn" },

  "delivery.pending": { icon: Clock3, tone: "neutral" },
  "delivery.held": { icon: MoonStar, tone: "neutral" },
  "delivery.sending": { icon: LoaderCircle, tone: "accent", spin: true },
  "delivery.sent": { icon: CircleCheck, tone: "good" },
  "delivery.failed": { icon: CircleX, tone: "bad" },
  "delivery.dropped": { icon: CircleMinus, tone: "neutral" },

  "alert.open": { icon: BellRing, tone: "bad" },
  "alert.resolved": { icon: CircleCheck, tone: "neutral" },

  "channel.on": { icon: CircleCheck, tone: "good" },
  "channel.waiting": { icon: CircleDashed, tone: "neutral" },
  "channel.failing": { icon: CircleAlert, tone: "bad" },
  "channel.off": { icon: BellOff, tone: "neutral" },

  "gate.backing-up": { icon: LoaderCircle, tone: "accent", spin: true },
  "gate.verifying": { icon: LoaderCircle, tone: "accent", spin: true },
  "gate.checking": { icon: LoaderCircle, tone: "accent", spin: true },
  "gate.passed": { icon: ShieldCheck, tone: "good" },
  "gate.failed": { icon: OctagonX, tone: "bad" },
};
