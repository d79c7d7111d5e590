export type MetricType = "gauge" | "counter" | "histogram";
export type MetricDefinition = { readonly type: MetricType; readonly help: string; readonly labels: readonly string[] };

const ofSource = ["source", "name"] as const;

/** Seconds up to which runs are counted together, upper bounds of a histogram's buckets. */
export const durationBuckets = [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200] as const;

/**
 * Everything that `/api/metrics` tells. Names and labels are kept stable: dashboards and alert rules of other people hold on to them. `source` is the
 * slug, which never changes; `name` is what people call it. The sample is left out.
 */
export const metricDefinitions = {
  lifeboat_info: { type: "gauge", help: "Always 1; which version answers.", labels: ["version"] },
  lifeboat_sources: { type: "gauge", help: "Sources that are protected, the sample aside.", labels: [] },
  lifeboat_source_backup_age_seconds: {
    type: "gauge",
    help: "Age of the newest backup that is good (stored and whole as far as anybody looked), of the last verification that passed, and of the last drill that proved a backup. Left out where there was none yet.",
    labels: [...ofSource, "level"],
  },
  lifeboat_source_objective_seconds: {
    type: "gauge",
    help: "How old the newest good backup may be by the source's schedules; 26 hours without any.",
    labels: ofSource,
  },
  lifeboat_source_objective_met: {
    type: "gauge",
    help: "1 while the newest good backup is no older than the objective, else 0; 0 as well where there is none.",
    labels: ofSource,
  },
  lifeboat_source_paused: { type: "gauge", help: "1 while somebody has paused the source.", labels: ofSource },
  lifeboat_source_last_backup_failed: { type: "gauge", help: "1 while the newest backup run is one that failed.", labels: ofSource },
  lifeboat_source_backups: { type: "gauge", help: "Backups that are kept, what is in the trash aside.", labels: ofSource },
  lifeboat_source_stored_bytes: { type: "gauge", help: "Bytes that these backups take in storage.", labels: ofSource },
  lifeboat_source_next_backup_timestamp_seconds: {
    type: "gauge",
    help: "When the schedules start the next backup, as a Unix time; left out without schedules and while paused.",
    labels: ofSource,
  },
  lifeboat_source_missed_slots: {
    type: "gauge",
    help: "Times of the source's schedules at which nothing started and nothing will, of the last 24 hours.",
    labels: ofSource,
  },
  lifeboat_source_last_missed_timestamp_seconds: {
    type: "gauge",
    help: "When the last of them was given up, as a Unix time; left out where none ever was.",
    labels: ofSource,
  },
  lifeboat_source_created_timestamp_seconds: {
    type: "gauge",
    help: "Since when the source is protected, as a Unix time.",
    labels: ofSource,
  },
  lifeboat_source_drill_age_seconds: { type: "gauge", help: "Age of the last closed drill; left out before the first.", labels: ofSource },
  lifeboat_source_drill_overdue: { type: "gauge", help: "1 while a restore drill is overdue.", labels: ofSource },
  lifeboat_source_open_alerts: { type: "gauge", help: "What is wrong with the source now, by number.", labels: ofSource },
  lifeboat_runs_active: { type: "gauge", help: "Runs that are queued or running now.", labels: ["type", "state"] },
  lifeboat_runs_total: { type: "counter", help: "Runs that have ended, by how.", labels: ["type", "state"] },
  lifeboat_run_duration_seconds: {
    type: "histogram",
    help: "How long runs took from their start to their end; those that never started are left out.",
    labels: ["type", "state"],
  },
  lifeboat_queue_depth: { type: "gauge", help: "Runs that wait for a worker, by group of workers.", labels: ["group"] },
  lifeboat_queue_oldest_seconds: { type: "gauge", help: "How long the oldest of them has waited.", labels: ["group"] },
  lifeboat_scheduler_lag_seconds: {
    type: "gauge",
    help: "For how long the schedule that waits longest has been due without anybody looking at it; 0 when none is.",
    labels: [],
  },
  lifeboat_slots: { type: "gauge", help: "Scheduled times that are waiting or started now.", labels: ["task", "state"] },
  lifeboat_workers_alive: {
    type: "gauge",
    help: "Workers that gave a sign of life within a minute, by group; 0 for each group that servers, sources or schedules name and that has none.",
    labels: ["group"],
  },
  lifeboat_worker_heartbeat_age_seconds: {
    type: "gauge",
    help: "How long ago each worker gave a sign of life; those that were stopped are left out.",
    labels: ["host", "group", "pid"],
  },
  lifeboat_disk_free_bytes: {
    type: "gauge",
    help: "Free space on the disks that workers use, as each saw it last.",
    labels: ["host", "purpose", "path"],
  },
  lifeboat_disk_total_bytes: { type: "gauge", help: "Size of these disks.", labels: ["host", "purpose", "path"] },
  lifeboat_destination_free_bytes: {
    type: "gauge",
    help: "Free space at a destination, the least that any worker saw.",
    labels: ["destination"],
  },
  lifeboat_destination_total_bytes: { type: "gauge", help: "Size of that destination.", labels: ["destination"] },
  lifeboat_alerts_open: { type: "gauge", help: "What is wrong now, by kind.", labels: ["code"] },
  lifeboat_incidents_open: { type: "gauge", help: "Incidents that nobody has closed.", labels: [] },
  lifeboat_deliveries_pending: { type: "gauge", help: "Messages that wait to be sent or are held back by quiet hours.", labels: [] },
  lifeboat_clock_suspect: {
    type: "gauge",
    help: "1 while the clock is not trusted, so that nothing is removed until somebody confirms it.",
    labels: [],
  },
  lifeboat_scrape_seconds: { type: "gauge", help: "What it took to work these figures out.", labels: [] },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;

/** Every name that a scrape can give, those of a histogram's parts among them. */
export function exposedNames(): ReadonlySet<string> {
  return new Set(
    Object.entries(metricDefinitions).flatMap(([name, { type }]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}
