import { access, link, mkdir, open, rename, rm, rmdir, unlink } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { LifeboatError } from "#lib/domain/error";

/** Makes what a folder names durable: a rename is safe after a crash only when its folder was synced. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates the folders between `root` and `folder` (0700) and syncs the parents of new ones. */
async function makeFolders(root: string, folder: string): Promise<void> {
  let path = root;
  for (const name of relative(root, folder).split(sep).filter(Boolean)) {
    const parent = path;
    path = `${path}${sep}${name}`;
    try {
      await mkdir(path, { mode: 0o700 });
      await syncFolder(parent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** File systems without hard links (exFAT, some network shares) answer with one of these. */
const linkRefused = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

async function moveWithoutOverwrite(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await rm(from, { force: true });
    return;
  } catch (error) {
    if (!linkRefused.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  const there = await access(to).then(
    () => true,
    () => false,
  );
  if (there) throw Object.assign(new Error("exists"), { code: "EEXIST", syscall: "rename" });
  await rename(from, to);
}

/**
 * Moves a synced temporary file to its name, atomically and without overwriting unless `replace`, and syncs both folders.
 * Throws `io-error` when the name is taken; errno otherwise.
 */
export async function publishFile(options: { root: string; from: string; to: string; replace: boolean }): Promise<void> {
  const folder = dirname(options.to);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await makeFolders(options.root, folder);
      if (options.replace) await rename(options.from, options.to);
      else await moveWithoutOverwrite(options.from, options.to);
      break;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EEXIST") {
        throw new LifeboatError("io-error", { path: options.to, detail: "a file with this name is there already" }, { cause: error });
      }
      // A removal beside us may have taken the emptied folder away between the two calls.
      if (code !== "ENOENT" || attempt === 9) throw error;
    }
  }
  await syncFolder(folder);
  await syncFolder(dirname(options.from));
}

/** Removes a file, syncs its folder and takes away folders below `root` that this emptied. Quietly done when it is gone. */
export async function removeFile(options: { root: string; path: string }): Promise<void> {
  let folder = dirname(options.path);
  try {
    await unlink(options.path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    return;
  }
  await syncIfThere(folder);
  while (folder !== options.root && folder.startsWith(options.root + sep)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
    folder = dirname(folder);
    await syncIfThere(folder);
  }
}

/** Another removal may have taken the emptied folder away; its own sync of the parent covers that. */
async function syncIfThere(path: string): Promise<void> {
  try {
    await syncFolder(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
