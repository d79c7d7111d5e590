/**
 * States of an import: `uploading` until every byte is there, `ready` to be made a backup of a source, `running`, then `done` or
 * `failed` (which can be tried again).
 */
export const importStates = ["uploading", "ready", "running", "done", "failed"] as const;
export type ImportState = (typeof importStates)[number];

/** What a file from elsewhere is, told by its content and never by its name. */
export const importFormats = ["pg-custom", "pg-plain", "pg-directory-tar", "sqlite", "lifeboat-pack"] as const;
export type ImportFormat = (typeof importFormats)[number];
