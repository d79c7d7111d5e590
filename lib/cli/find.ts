import { getBackup, listBackups, type BackupDetailDto } from "#lib/contracts/backups";
import { listPolicies, type PolicyDto } from "#lib/contracts/policies";
import { listServers } from "#lib/contracts/servers";
import { listSourceNames } from "#lib/contracts/sources";
import type { Entity } from "#lib/domain/ids";
import { idPrefixes } from "#lib/domain/ids";
import { usageError } from "./exit-code.ts";
import { ask, askAll, failed, type Session } from "./session.ts";

const isIdOf = (entity: Entity, text: string) => new RegExp(`^${idPrefixes[entity]}_[0-9a-f]{32}$`).test(text);

/** The one whose id or name was typed. Names are compared exactly first, then without regard to case. Throws a usage error for none or several. */
export function pick<T extends { readonly id: string; readonly name: string }>(what: string, items: readonly T[], wanted: string): T {
  const exact = items.filter(({ id, name }) => id === wanted || name === wanted);
  const found = exact.length > 0 ? exact : items.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const [first, second] = found;
  if (first === undefined)
    throw usageError(`there is no ${what} ${wanted}`, `There are: ${items.map(({ name }) => `"${name}"`).join(", ") || "none"}.`);
  if (second === undefined) return first;
  throw usageError(`several are called ${wanted}`, `Say the id: ${found.map(({ id }) => id).join(", ")}.`);
}

export async function findSource(session: Session, wanted: string): Promise<{ readonly id: string; readonly name: string }> {
  // Without a question: a token for gates alone may name its source by id, and nothing else.
  if (isIdOf("source", wanted)) return { id: wanted, name: wanted };
  return pick("source", (await ask(session, listSourceNames)).items, wanted);
}

export async function findServer(session: Session, wanted: string): Promise<{ readonly id: string; readonly name: string }> {
  const servers = await askAll((after, limit) => ask(session, listServers, { query: { after, limit } }));
  return pick("server", servers, wanted);
}

export async function findPolicy(session: Session, wanted: string): Promise<PolicyDto> {
  return pick("policy", await askAll((after, limit) => ask(session, listPolicies, { query: { after, limit } })), wanted);
}

/** A backup by its id, or the newest good one of a source. Throws a usage error for both: one of them would be passed over. */
export async function findBackup(
  session: Session,
  wanted: { id: string | undefined; source: string | undefined },
): Promise<BackupDetailDto> {
  const { id, source } = wanted;
  if (id !== undefined && id !== "latest") {
    if (source !== undefined) throw usageError("either a backup's id or --source, not both");
    if (!isIdOf("backup", id)) throw usageError(`${id} is no id of a backup`, "Say an id like bkp_…, or latest with --source.");
    return await ask(session, getBackup, { params: { id } });
  }
  if (source === undefined) throw usageError("say the backup's id, or --source for its newest one");
  const { id: sourceId, name } = await findSource(session, source);
  const { items } = await ask(session, listBackups, { query: { source: sourceId, proof: "stored", limit: 1 } });
  const [newest] = items;
  if (newest === undefined) throw failed(`${name} has no good backup`);
  return await ask(session, getBackup, { params: { id: newest.id } });
}
