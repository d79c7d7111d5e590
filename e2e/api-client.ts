import { expect } from "playwright/test";
import { createBackup, listBackups, type BackupDto } from "#lib/contracts/backups";
import type { Endpoint } from "#lib/contracts/endpoint";
import { getRun, type RunDetailDto } from "#lib/contracts/runs";
import { createServer, listServers, type ServerDto } from "#lib/contracts/servers";
import { createSource, listSources, type SourceDto } from "#lib/contracts/sources";
import type { BackupKind } from "#lib/domain/backup-state";
import { isActive } from "#lib/domain/run-state";
import { call, type CallOptions } from "#lib/http/client";
import type { z } from "zod";
import type { ShopServer } from "./shop-server.ts";

export type ApiClient = ReturnType<typeof apiClient>;

/** Lifeboat's API with a token, for preparing what a journey begins with and for looking at what it left. */
export function apiClient(baseUrl: string, token: string) {
  function ask<E extends Endpoint>(endpoint: E, options: CallOptions<E> = {}): Promise<z.output<E["response"]>> {
    return call(endpoint, { ...options, baseUrl, headers: { Authorization: `Bearer ${token}`, ...options.headers } });
  }

  async function ended(runId: string): Promise<RunDetailDto> {
    await expect.poll(async () => isActive((await ask(getRun, { params: { id: runId } })).state), { intervals: [100, 250] }).toBe(false);
    return ask(getRun, { params: { id: runId } });
  }

  async function backUp(sourceId: string, reason = "", kind: BackupKind = "full"): Promise<BackupDto> {
    const { id } = await ask(createBackup, { body: { sourceId, kind, reason } });
    const run = await ended(id);
    expect(run.error).toBeNull();
    const { items } = await ask(listBackups, { query: { source: sourceId } });
    const made = items.find((backup) => backup.id === run.backupId);
    if (made === undefined) throw new Error(`the backup of run ${id} is not listed`);
    return made;
  }

  /** The shop's server under `name`, added when it is not there yet. */
  async function serverNamed(name: string, shop: ShopServer): Promise<ServerDto> {
    const { items } = await ask(listServers, { query: { limit: 200 } });
    const { host, port, backupRole, restoreRole } = shop;
    const body = {
      name,
      host,
      port,
      tlsMode: "disable" as const,
      username: backupRole.user,
      password: backupRole.password,
      restoreUsername: restoreRole.user,
      restorePassword: restoreRole.password,
    };
    return items.find((server) => server.name === name) ?? ask(createServer, { body });
  }

  async function sourceNamed(
    name: string,
    serverId: string,
    database: string,
    environment: SourceDto["environment"] = "staging",
  ): Promise<SourceDto> {
    const { items } = await ask(listSources, { query: { limit: 200 } });
    return items.find((source) => source.name === name) ?? ask(createSource, { body: { name, serverId, database, environment } });
  }

  return { ask, ended, backUp, serverNamed, sourceNamed, token };
}
