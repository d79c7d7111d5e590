import type { EngineContext, ServerAddress } from "../port.ts";
import { querySql, reachServer } from "./server.ts";

/** What `initdb` called the cluster; object ids of databases mean something within it only. Null where the role may not ask. */
export async function clusterId(address: ServerAddress, context: EngineContext): Promise<string | null> {
  const reached = await reachServer(address, context.signal);
  return await querySql(reached, reached.maintenanceDatabase, context.applicationName, async (sql) => {
    try {
      const [row] = await sql<{ id: string }[]>`select system_identifier::text as id from pg_catalog.pg_control_system()`;
      return row?.id ?? null;
    } catch (error) {
      if ((error as { code?: string }).code === "42501") return null;
      throw error;
    }
  });
}
