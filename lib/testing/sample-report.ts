import type { ReportContent, ReportDetailDto } from "#lib/contracts/drill-reports";

type Check = ReportContent["checks"][number];

/** A check as a drill leaves it. */
export function sampleCheck(change: Partial<Check> = {}): Check {
  const type = change.type ?? "manual";
  const base = { key: change.key ?? "check", name: "", mandatory: true };
  const definition = type === "sequences" ? ({ ...base, type } as const) : ({ ...base, type: "manual", question: "?", hint: "" } as const);
  return {
    key: "check",
    type,
    name: "Check",
    mandatory: true,
    definition,
    state: "passed",
    expected: "42",
    actual: "42",
    reason: null,
    evidence: "",
    startedAt: "2026-11-22T10:02:00.000Z",
    durationMs: 1200,
    decidedBy: null,
    note: "",
    attempts: [],
    ...change,
  };
}

/** The report of a drill of a PostgreSQL source, closed with findings. */
export function sampleReport(change: Partial<ReportContent> = {}): ReportContent {
  return {
    format: "lifeboat-drill-report",
    formatVersion: 1,
    id: `rpt_${"1".repeat(32)}`,
    sequence: 7,
    previousSha256: "ab".repeat(32),
    installationId: `ins_${"2".repeat(32)}`,
    lifeboatVersion: "0.1.0",
    writtenAt: "2026-11-22T10:11:12.345Z",
    drill: {
      id: `drl_${"3".repeat(32)}`,
      trigger: "manual",
      unattended: false,
      startedAt: "2026-11-22T10:00:00.000Z",
      closedAt: "2026-11-22T10:11:12.000Z",
      operatorName: "Núria Ibáñez",
    },
    source: {
      id: `src_${"4".repeat(32)}`,
      name: "shop",
      engine: "postgres",
      environment: "production",
      serverName: "Main server",
      database: "shop",
    },
    backup: {
      id: `bkp_${"5".repeat(32)}`,
      chainId: `chn_${"6".repeat(32)}`,
      kind: "incremental",
      snapshotAt: "2026-11-22T02:00:00.000Z",
      fileName: "shop_20261122T020000Z_incremental_5555.dump.zst",
      streamBytes: 800_000_000,
      storedBytes: 3_000_000,
      sha256: "cd".repeat(32),
      serverVersion: "17.12",
      toolVersion: "17.12",
      chain: [
        { backupId: `bkp_${"7".repeat(32)}`, kind: "full", snapshotAt: "2026-11-21T02:00:00.000Z", readBytes: 150_000_000 },
        { backupId: `bkp_${"5".repeat(32)}`, kind: "incremental", snapshotAt: "2026-11-22T02:00:00.000Z", readBytes: 3_000_000 },
      ],
      tables: 31,
      rows: 1_204_233,
    },
    target: {
      type: "sandbox",
      name: "shop_drill",
      serverId: null,
      serverName: null,
      serverVersion: "17.12",
      hostName: "worker-1",
      confined: true,
    },
    tools: [
      { name: "Lifeboat", version: "0.1.0" },
      { name: "pg_restore", version: "17.12" },
    ],
    steps: [
      { run: "drill-prepare", code: "choose-backup", state: "done", startedAt: "2026-11-22T10:00:01.000Z", durationMs: 120 },
      { run: "drill-restore", code: "load", state: "done", startedAt: "2026-11-22T10:01:00.000Z", durationMs: 42_000 },
      { run: "drill-check", code: "built-in-checks", state: "done", startedAt: "2026-11-22T10:02:00.000Z", durationMs: 12_000 },
    ],
    clock: {
      startedAt: "2026-11-22T10:01:00.000Z",
      stoppedAt: "2026-11-22T10:05:00.000Z",
      elapsedMs: 240_000,
      machineMs: 55_000,
      pausedMs: 30_000,
      recoveryTimeSeconds: 900,
      recoveryPointSeconds: 3600,
      actualRecoveryPointSeconds: 28_800,
    },
    verdict: "passed-with-findings",
    checks: [
      sampleCheck({ key: "sequences", type: "sequences", name: "", expected: "not behind", actual: "4 sequences, none behind" }),
      sampleCheck({ key: "orders", name: "Orders of yesterday", decidedBy: "Núria Ibáñez", note: "looked at by hand" }),
    ],
    findings: [{ text: "The playbook names an old server.", action: "Name the new one." }],
    improvement: "",
    playbookVersion: 3,
    events: [
      { at: "2026-11-22T10:03:00.000Z", code: "paused", params: { note: "telephone" }, actorName: "Núria Ibáñez" },
      { at: "2026-11-22T10:03:30.000Z", code: "resumed", params: {}, actorName: "Núria Ibáñez" },
    ],
    cleanUp: { at: "2026-11-22T10:11:00.000Z", databases: 0, processes: 0, folders: 0, files: 0, detail: "" },
    signOff: { name: "Núria Ibáñez", at: "2026-11-22T10:10:00.000Z", userId: `usr_${"8".repeat(32)}` },
    incidentId: null,
    nextDueAt: "2026-12-22T10:00:00.000Z",
    ...change,
  };
}

/** The report as the API answers with it. Hash and signature are only of the right form. */
export function sampleReportDetail(change: Partial<ReportContent> = {}, more: Partial<ReportDetailDto> = {}): ReportDetailDto {
  return {
    signed: {
      report: sampleReport(change),
      sha256: "ef".repeat(32),
      signature: { algorithm: "Ed25519", keyId: `sgk_${"9".repeat(32)}`, value: `${"A".repeat(86)}==` },
    },
    notes: [],
    verification: { ok: true, problems: [], checkedAt: "2026-11-22T11:00:00.000Z", reportsInChain: 7 },
    ...more,
  };
}
