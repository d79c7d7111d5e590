/**
 * A connection URL as libpq's environment: that way neither password nor a strange database name is ever an argument.
 * Query parameters other than `sslmode` and `sslrootcert` do not reach the tool.
 */
export function connectionEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const env: Record<string, string> = {
    PGHOST: hostname.replace(/^\[|\]$/g, ""),
    PGPORT: port || "5432",
    PGUSER: decodeURIComponent(username),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: "lifeboat-catalogue-backup",
  };
  if (password !== "") env["PGPASSWORD"] = decodeURIComponent(password);
  const sslMode = searchParams.get("sslmode");
  if (sslMode !== null) env["PGSSLMODE"] = sslMode;
  const rootCertificate = searchParams.get("sslrootcert");
  if (rootCertificate !== null) env["PGSSLROOTCERT"] = rootCertificate;
  return env;
}
