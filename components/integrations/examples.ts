/** Commands and configurations to copy. A token stands in a variable or a file, never in them. */

export function prometheusConfig(origin: string): string {
  const { protocol, host } = new URL(origin);
  return [
    "scrape_configs:",
    "  - job_name: lifeboat",
    `    scheme: ${protocol.slice(0, -1)}`,
    "    metrics_path: /api/metrics",
    "    scrape_interval: 60s",
    "    authorization:",
    "      credentials_file: /etc/prometheus/lifeboat.token",
    "    static_configs:",
    `      - targets: ["${host}"]`,
  ].join("\n");
}

export function cliSetUp(origin: string): string {
  return [`export LIFEBOAT_URL=${origin}`, "export LIFEBOAT_TOKEN_FILE=$HOME/.config/lifeboat.token"].join("\n");
}

export function cliExamples(source: string): string {
  const name = shellWord(source);
  return [
    "npm run lifeboat -- status",
    `npm run lifeboat -- backup --source ${name}`,
    `npm run --silent lifeboat -- backups --source ${name} --json`,
    "npm run lifeboat -- --help",
  ].join("\n");
}

export function gateCommand(origin: string, source: string): string {
  return [cliSetUp(origin), `npm run lifeboat -- gate --source ${shellWord(source)} -- npm run release-check`].join("\n");
}

export function staleCommand(origin: string, sourceId: string): string {
  return [
    "curl --fail-with-body -X POST",
    '-H "Authorization: Bearer $(cat $HOME/.config/lifeboat.token)"',
    `"${origin}/api/v1/sources/${sourceId}/back-up-if-stale?maxAge=7d"`,
  ].join(" \\\n  ");
}

export function badgeMarkdown(address: string, source: string): string {
  return `![${source.replaceAll(/[[\]\\]/gu, "\\$&")}](${address}/badge.svg)`;
}

/** As a POSIX shell reads one word. */
export function shellWord(text: string): string {
  return /^[\w./:@-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
