import { LifeboatError } from "#lib/domain/error";
import type { CopyReader, CopyTarget } from "#lib/engines/copy-port";
import type { EngineContext } from "#lib/engines/port";

/** True when the reader of the sandbox behind this socket was shut out of its database until now. */
export type Admit = (socketFolder: string, applicationName: string) => Promise<boolean>;

/** Sees to it that no function of the copy behind this socket lends anybody rights that reach files or programs. */
export type Weaken = (socketFolder: string, applicationName: string) => Promise<void>;

/**
 * A restored database has the grants that were recorded, and these may let nobody in but its own roles. A reader that is refused is let in and
 * tries again; where everybody may connect, nothing is granted and the copy stays as it was restored.
 */
export function admittedCopies(copies: CopyReader, { admit, weaken }: { readonly admit: Admit; readonly weaken: Weaken }): CopyReader {
  const admitted = async <T>(target: CopyTarget, context: EngineContext, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const isRefused = error instanceof LifeboatError && error.code === "privilege-missing" && target.address.host.startsWith("/");
      if (!isRefused || !(await admit(target.address.host, context.applicationName))) throw error;
      return await work();
    }
  };
  return {
    archiveObjects: (path, context) => copies.archiveObjects(path, context),
    read: (target, context) => admitted(target, context, () => copies.read(target, context)),
    inspect: (target, context) => admitted(target, context, () => copies.inspect(target, context)),
    orphans: (target, context) => admitted(target, context, () => copies.orphans(target, context)),
    indexStructure: (target, context) => admitted(target, context, () => copies.indexStructure(target, context)),
    newest: (target, column, context) => admitted(target, context, () => copies.newest(target, column, context)),
    query: async (target, sql, limits, context) => {
      if (target.address.host.startsWith("/")) await weaken(target.address.host, context.applicationName);
      return await admitted(target, context, () => copies.query(target, sql, limits, context));
    },
    tables: (target, context) => admitted(target, context, () => copies.tables(target, context)),
    browse: (target, table, page, context) => admitted(target, context, () => copies.browse(target, table, page, context)),
  };
}
