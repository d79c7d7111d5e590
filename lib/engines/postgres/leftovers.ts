import type { PinnedAddress } from "./address.ts";
import { withSql } from "./connection.ts";

/** The name of a helper session, so that the tool's own session can be told apart in `pg_stat_activity`; at most 63 bytes. */
export function helperName(applicationName: string, helper: "snapshot" | "watch" | "end"): string {
  return `${applicationName.slice(0, 54)} ${helper}`;
}

/** Ends what a run may have left on the server. Where the role may not, or the server is gone, nothing can be done: it says so. */
export async function endLeftovers(address: PinnedAddress, applicationName: string): Promise<number> {
  const names = [applicationName, helperName(applicationName, "snapshot"), helperName(applicationName, "watch")];
  return await withSql(address, address.maintenanceDatabase, helperName(applicationName, "end"), async (sql) => {
    const rows = await sql`
      select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
      where application_name = any(${names}::text[]) and pid <> pg_backend_pid()`;
    return rows.length;
  });
}
