import { exportAuditEvents, listAuditEvents } from "./audit.ts";
import * as backups from "./backups.ts";
import type { Endpoint } from "./endpoint.ts";
import * as people from "./people.ts";
import * as restores from "./restores.ts";
import { cancelRun, getRun, getRunLog, listRuns } from "./runs.ts";
import * as servers from "./servers.ts";
import { createFirstAdmin, getMe, getSetupState, startSample, updateMe } from "./session.ts";
import * as sources from "./sources.ts";
import { createToken, listTokens, revokeToken } from "./tokens.ts";
import { getOverview, getSystemStatus, searchEverything } from "./system.ts";

/** Every operation of `/api/v1`: what OpenAPI is generated from, and what tests walk through to prove that routes exist and guard. */
export const endpoints: readonly Endpoint[] = [
  getSetupState,
  createFirstAdmin,
  startSample,
  getMe,
  updateMe,
  people.changeMyPassword,
  people.listMySessions,
  people.endMyOtherSessions,
  people.endMySession,
  people.listUsers,
  people.inviteUser,
  people.getUser,
  people.updateUser,
  people.createUserLink,
  people.listUserSessions,
  people.endUserSessions,
  people.inspectLink,
  people.useLink,
  listTokens,
  createToken,
  revokeToken,
  getOverview,
  searchEverything,
  getSystemStatus,
  servers.listServers,
  servers.createServer,
  servers.parseServerUrl,
  servers.checkServer,
  servers.getBackupRoleSql,
  servers.getServer,
  servers.updateServer,
  servers.deleteServer,
  servers.listServerDatabases,
  sources.listSources,
  sources.listSourceNames,
  sources.createSource,
  sources.getSource,
  sources.updateSource,
  sources.deleteSource,
  sources.listSourceTables,
  backups.listBackups,
  backups.createBackup,
  backups.getBackup,
  backups.updateBackup,
  backups.deleteBackup,
  backups.getDeleteConsequences,
  backups.listBackupTables,
  backups.getBackupContents,
  backups.listBackupValidations,
  backups.verifyBackup,
  backups.downloadBackup,
  restores.listRestores,
  restores.createRestore,
  restores.previewRestore,
  restores.getRestore,
  restores.undoReplace,
  restores.cleanUpReplace,
  listRuns,
  getRun,
  getRunLog,
  cancelRun,
  listAuditEvents,
  exportAuditEvents,
];
