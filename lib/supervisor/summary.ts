/** How the first admin comes to be; the shape that the set-up verb answers with. */
export type FirstAdmin = { kind: "present" } | { kind: "created"; email: string } | { kind: "link"; token: string };

export type SummaryFacts = {
  publicUrl: string;
  firstAdmin: FirstAdmin;
  dataDir: string;
  backupDir: string;
  catalogue: "embedded" | "external";
  logPath: string | null;
};

/** What is printed when everything runs. The token stands behind `#`: a fragment reaches no server and no log of one. */
export function summaryLines(facts: SummaryFacts): string[] {
  const rows: [string, string][] = [["Address", facts.publicUrl]];
  if (facts.firstAdmin.kind === "link") rows.push(["First admin", `${facts.publicUrl}/setup#${facts.firstAdmin.token}`]);
  if (facts.firstAdmin.kind === "created")
    rows.push(["First admin", `${facts.firstAdmin.email}, with the password in LIFEBOAT_ADMIN_PASSWORD`]);
  rows.push(["Backups", facts.backupDir], ["Data", facts.dataDir]);
  if (facts.catalogue === "external") rows.push(["Catalogue", "the database in DATABASE_URL"]);
  if (facts.logPath !== null) rows.push(["Log", facts.logPath]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const note = facts.firstAdmin.kind === "link" ? ["", "Open the link of the first admin once to choose a password."] : [];
  return [
    "",
    "Lifeboat is ready.",
    "",
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    ...note,
    "",
    "Ctrl-C stops everything.",
    "",
  ];
}
