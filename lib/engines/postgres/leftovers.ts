import type postgres from "postgres";
import type { PinnedAddress } from "./address.ts";
import { helperName } from "./session-name.ts";
import { maxLookMs } from "./stall-watch.ts";
import { withSql } from "./with-sql.ts";

/** Ends what a run may have left on the server. Where the role may not, or the server is gone, nothing can be done: it throws. `limitMs` bounds it. */
export async function endLeftovers(address: PinnedAddress, applicationName: string, limitMs = maxLookMs): Promise<number> {
  const names = [applicationName, helperName(applicationName, "snapshot"), helperName(applicationName, "watch")];
  return await withSql(address, address.maintenanceDatabase, helperName(applicationName, "end"), endNamed, { limitMs });

  async function endNamed(sql: postgres.Sql): Promise<number> {
    const rows = await sql`
      select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
      where application_name = any(${names}::text[]) and pid <> pg_backend_pid()`;
    return rows.length;
  }
}
