/**
 * Measures pages and API under 100,000 backups, 1,000 sources and 5 GB of run log, on a throw-away Lifeboat that runs already:
 *
 *   LIFEBOAT_DATA_DIR=/tmp/scale PORT=3390 LIFEBOAT_ADMIN_EMAIL=… LIFEBOAT_ADMIN_PASSWORD=… npm run up     (in one shell)
 *   the same environment, node scripts/node24.mjs -- scripts/scale.ts fill      once: minutes, and 8 GB in the data directory
 *   the same environment, node scripts/node24.mjs -- scripts/scale.ts measure   prints the table that docs/benchmarks.md tells of
 *   the same environment, node scripts/node24.mjs -- scripts/scale.ts trim      leaves the newest ten backups of each source, 10,000, to measure again
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { clusterSuperuser } from "#lib/clusters/cluster";
import { readPostmasterPid } from "#lib/clusters/postmaster-pid";
import { openCatalogue } from "#lib/db/client";
import { everyQuestion } from "#lib/testing/catalogue-questions";
import { fillLargeCatalogue, fullSize, idsInTheMiddle, type LargeCatalogue } from "#lib/testing/large-catalogue";

const times = 20;

function need(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set; see the head of scripts/scale.ts`);
  return value;
}

const address = `http://127.0.0.1:${need("PORT")}`;

async function withCatalogue<T>(work: (db: ReturnType<typeof openCatalogue>["db"]) => Promise<T>): Promise<T> {
  const dataDir = need("LIFEBOAT_DATA_DIR");
  const running = await readPostmasterPid(join(dataDir, "catalogue"));
  if (running === null) throw new Error(`no catalogue runs in ${dataDir}`);
  const password = readFileSync(join(dataDir, "catalogue.password"), "utf8").trim();
  const url = `postgresql://${clusterSuperuser}:${encodeURIComponent(password)}@127.0.0.1:${running.port}/lifeboat?sslmode=disable`;
  const catalogue = openCatalogue(url, { applicationName: "scale", max: 1 });
  try {
    return await work(catalogue.db);
  } finally {
    await catalogue.close();
  }
}

/** Signs in as the form does; returns the cookies. */
async function signIn(): Promise<string> {
  const first = await fetch(`${address}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const cookies = new Map<string, string>([["lifeboat-time-zone", "UTC"]]);
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  };
  const body = new URLSearchParams({
    csrfToken,
    email: need("LIFEBOAT_ADMIN_EMAIL"),
    password: need("LIFEBOAT_ADMIN_PASSWORD"),
    json: "true",
  });
  const headers = { cookie: keep(first), origin: address };
  const second = await fetch(`${address}/api/auth/callback/credentials`, { method: "POST", body, headers, redirect: "manual" });
  if (!second.ok) throw new Error(`signing in failed: ${second.status}`);
  return keep(second);
}

type Row = { path: string; median: number; p95: number; bytes: number };

async function timed(path: string, cookie: string): Promise<Row> {
  const taken: number[] = [];
  let bytes = 0;
  for (let index = -1; index < times; index += 1) {
    const started = performance.now();
    const response = await fetch(`${address}${path}`, { headers: { cookie }, redirect: "manual" });
    bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    // The first one warms up.
    if (index >= 0) taken.push(performance.now() - started);
  }
  taken.sort((left, right) => left - right);
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0;
  return { path, median: at(0.5), p95: at(0.95), bytes };
}

function pagesOf(ids: LargeCatalogue): string[] {
  const { server, source, chain, backup, run, restore, user, drill, incident, gate, channel } = ids;
  return [
    "/",
    "/sources",
    "/sources?q=Source+99",
    "/sources/new",
    `/sources/${source}`,
    "/backups",
    "/backups?q=label+7",
    "/backups?proof=unverified",
    `/backups/${backup}`,
    `/chains/${chain}`,
    "/restores",
    `/restores/${restore}`,
    `/restores/new?backup=${backup}`,
    "/drills",
    `/drills/${drill}`,
    "/drills/calendar",
    "/drills/recovery",
    "/calendar",
    "/policies",
    "/policies/schedules",
    "/trash",
    "/imports",
    "/imports/new",
    "/activity",
    "/activity?type=restore&state=failed",
    "/activity/alerts",
    "/activity/audit",
    "/activity/audit?q=nothing+like+it",
    "/activity/gates",
    `/activity/gates/${gate}`,
    "/activity/incidents",
    `/incidents/${incident}`,
    "/activity/integrity",
    `/runs/${run}`,
    "/reports/verify",
    "/settings",
    "/settings/integrations",
    "/settings/notifications",
    `/settings/notifications/${channel}`,
    "/settings/notifications/new",
    "/settings/servers",
    `/settings/servers/${server}`,
    "/settings/storage",
    "/settings/people",
    `/settings/people/${user}`,
    "/settings/tokens",
    "/settings/profile",
    "/start",
  ];
}

async function measure(): Promise<void> {
  const cookie = await signIn();
  const ids = await withCatalogue((db) => idsInTheMiddle(db, fullSize));
  const questions = everyQuestion(ids, new Date()).map(({ path }) => `/api/v1${path}`);
  for (const [title, limitMs, paths] of [
    ["The least that a request takes", 0, ["/api/health/live"]],
    ["Pages", 200, pagesOf(ids)],
    ["API", 100, questions],
  ] as const) {
    const rows: Row[] = [];
    for (const path of paths) rows.push(await timed(path, cookie));
    process.stdout.write(`\n## ${title}\n\n| request | median | p95 | size |\n| --- | ---: | ---: | ---: |\n`);
    for (const { path, median, p95, bytes } of rows.toSorted((left, right) => right.p95 - left.p95)) {
      const mark = limitMs > 0 && p95 > limitMs ? ` (above ${limitMs})` : "";
      process.stdout.write(`| \`${path}\` | ${median.toFixed(0)} ms | ${p95.toFixed(0)} ms${mark} | ${Math.ceil(bytes / 1024)} KiB |\n`);
    }
  }
}

async function trim(): Promise<void> {
  await withCatalogue(async (db) => {
    await db.execute(sql`delete from lifeboat.backups as backup
      using (select id, row_number() over (partition by source_id order by snapshot_at desc) as newest from lifeboat.backups) as ranked
      where ranked.id = backup.id and ranked.newest > 10`);
    await db.execute(sql`vacuum analyze`);
  });
}

const [task] = process.argv.slice(2);
if (task === "fill") {
  const started = performance.now();
  await withCatalogue((db) => fillLargeCatalogue(db, fullSize));
  process.stdout.write(`filled in ${Math.round((performance.now() - started) / 1000)} s\n`);
} else if (task === "measure") await measure();
else if (task === "trim") await trim();
else throw new Error("say fill, measure or trim; see the head of scripts/scale.ts");
