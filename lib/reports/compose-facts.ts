import type { ReportContent } from "#lib/contracts/drill-reports";
import type { Cell, Fact, Section } from "./document.ts";
import type { Reader } from "./reader.ts";

/** Source and environment, backup, target, times against objectives, programs. */
export function composeFacts(report: ReportContent, reader: Reader): Section[] {
  const { t } = reader;
  return [
    { title: t("sections.summary"), blocks: [{ type: "facts", rows: summaryOf(report, reader) }] },
    {
      title: t("sections.times"),
      blocks: [
        {
          type: "table",
          columns: [
            { title: t("measure"), share: 4 },
            { title: t("objective"), share: 3 },
            { title: t("actual"), share: 3 },
            { title: t("assessment"), share: 3 },
          ],
          rows: timesOf(report, reader),
        },
        { type: "paragraph", text: t("clockNote"), isQuiet: true },
      ],
    },
    {
      title: t("sections.backup"),
      blocks: [
        report.backup === null ? { type: "paragraph", text: t("noBackup") } : { type: "facts", rows: backupOf(report.backup, reader) },
      ],
    },
    {
      title: t("sections.target"),
      blocks: [
        report.target === null ? { type: "paragraph", text: t("noTarget") } : { type: "facts", rows: targetOf(report.target, reader) },
      ],
    },
    {
      title: t("sections.programs"),
      blocks: [{ type: "paragraph", text: report.tools.map(({ name, version }) => `${name} ${version}`).join(" · ") }],
    },
  ];
}

function summaryOf({ drill, source, nextDueAt }: ReportContent, { t, instant, minute, word }: Reader): Fact[] {
  const asked = drill.trigger === "api" || drill.trigger === "schedule" ? drill.trigger : "manual";
  const trigger = t(`triggers.${asked}`);
  const engine = source.engine === "sqlite" ? "sqlite" : "postgres";
  return [
    { label: t("source"), value: source.name },
    { label: t("environment"), value: word("status.environment", source.environment) },
    { label: t("engine"), value: t(`engines.${engine}`) },
    ...(source.serverName === null ? [] : [{ label: t("server"), value: source.serverName }]),
    { label: t(engine === "sqlite" ? "file" : "database"), value: source.database },
    { label: t("operator"), value: drill.operatorName },
    { label: t("began"), value: instant(drill.startedAt) },
    { label: t("closed"), value: instant(drill.closedAt) },
    { label: t("asked"), value: drill.unattended ? t("triggers.unattended", { trigger }) : trigger },
    { label: t("nextDue"), value: nextDueAt === null ? t("none") : minute(nextDueAt) },
  ];
}

function timesOf({ clock }: ReportContent, reader: Reader): Cell[][] {
  const { t, duration } = reader;
  const reached = clock.stoppedAt !== null;
  const recovery = objectiveRow(reader, {
    name: t("recoveryTime"),
    objectiveSeconds: clock.recoveryTimeSeconds,
    actualMs: reached ? clock.elapsedMs : null,
    otherwise: t("notReached"),
  });
  const point = objectiveRow(reader, {
    name: t("recoveryPoint"),
    objectiveSeconds: clock.recoveryPointSeconds,
    actualMs: clock.actualRecoveryPointSeconds === null ? null : clock.actualRecoveryPointSeconds * 1000,
    otherwise: t("unknown"),
  });
  const plain = (name: string, milliseconds: number): Cell[] => [
    { text: name },
    { text: "" },
    { text: duration(milliseconds) },
    { text: "" },
  ];
  return [recovery, plain(t("machineTime"), clock.machineMs), plain(t("pausedTime"), clock.pausedMs), point];
}

function objectiveRow(
  { t, duration }: Reader,
  measure: { name: string; objectiveSeconds: number | null; actualMs: number | null; otherwise: string },
): Cell[] {
  const { name, objectiveSeconds, actualMs, otherwise } = measure;
  const isMet = actualMs !== null && objectiveSeconds !== null && actualMs <= objectiveSeconds * 1000;
  return [
    { text: name },
    { text: objectiveSeconds === null ? t("noObjective") : duration(objectiveSeconds * 1000) },
    { text: actualMs === null ? otherwise : duration(actualMs) },
    objectiveSeconds === null ? { text: "" } : { text: t(isMet ? "met" : "missed"), tone: isMet ? "good" : "bad" },
  ];
}

function backupOf(backup: NonNullable<ReportContent["backup"]>, reader: Reader): Fact[] {
  const { t, instant, bytes } = reader;
  const kind = (code: string) => reader.word("backups.kinds", code);
  const members = backup.chain.map((member) =>
    member.kind === null || member.snapshotAt === null
      ? t("chainMemberUnknown", { id: member.backupId })
      : t("chainMember", { kind: kind(member.kind), at: reader.minute(member.snapshotAt) }),
  );
  return [
    { label: t("kind"), value: kind(backup.kind) },
    { label: t("taken"), value: instant(backup.snapshotAt) },
    { label: t("sizes"), value: t("sizesValue", { stream: bytes(backup.streamBytes), stored: bytes(backup.storedBytes) }) },
    { label: t("contents"), value: t("contentsValue", { tables: backup.tables, rows: backup.rows }) },
    { label: t("fileName"), value: backup.fileName },
    { label: t("backupId"), value: backup.id },
    { label: t("chainId"), value: backup.chainId },
    { label: t("chain"), value: members.join(", ") || t("none") },
    { label: t("sha256"), value: backup.sha256 },
  ];
}

function targetOf(target: NonNullable<ReportContent["target"]>, { t }: Reader): Fact[] {
  return [
    { label: t("targetKind"), value: t(`targets.${target.type}`) },
    { label: t("targetName"), value: target.name },
    ...(target.serverName === null ? [] : [{ label: t("server"), value: target.serverName }]),
    { label: t("version"), value: target.serverVersion ?? t("unknown") },
    ...(target.hostName === null ? [] : [{ label: t("host"), value: target.hostName }]),
    ...(target.type === "sandbox" ? [{ label: t("confined"), value: t(target.confined ? "confinedYes" : "confinedNo") }] : []),
  ];
}
