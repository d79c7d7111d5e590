/** Every act that the audit log records, in the order in which the filter offers them. Words: `activity.actions.<code>`. */
export const auditActions = [
  "session.sign-in",
  "session.sign-in-failed",
  "session.sign-out",
  "user.create",
  "user.update",
  "token.create",
  "server.create",
  "server.update",
  "server.delete",
  "server.check",
  "source.create",
  "source.update",
  "source.pause",
  "source.resume",
  "source.delete",
  "backup.start",
  "backup.created",
  "backup.adopted",
  "backup.update",
  "backup.download",
  "backup.verify",
  "backup.verified",
  "backup.verify-failed",
  "backup.delete",
  "backup.deleted",
  "restore.start",
  "restore.completed",
  "restore.replace",
  "restore.undo",
  "restore.clean-up",
  "run.cancel",
  "destination.create",
  "destination.update",
  "sample.request",
  "sample.register",
] as const;

export type AuditAction = (typeof auditActions)[number];

/** The act if this page has words for it: an entry may come from a newer or older Lifeboat. */
export function knownAuditAction(code: string): AuditAction | undefined {
  return auditActions.find((known) => known === code);
}
