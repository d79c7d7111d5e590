/** What a destination knows about one stored object. */
export type StoredObject = { readonly key: string; readonly bytes: number };

/** A write in progress. Nothing is visible under the key before `commit` returns. */
export interface StorageWriter {
  /** Resolves when the destination took the bytes (back-pressure). */
  write(bytes: Uint8Array): Promise<void>;
  /** Checks the length, syncs and makes the object visible under its key, atomically; refuses to overwrite unless `replace` was asked for. */
  commit(expectedBytes: number): Promise<void>;
  /** Removes what was written. Safe after a failure and more than once. */
  abort(): Promise<void>;
}

export type ReadRangeOptions = { readonly uncached?: boolean; readonly into?: Uint8Array };

/**
 * Bytes under a key. Keys are relative, made by Lifeboat, `/`-separated, without `.` or `..` parts; every implementation refuses
 * others. Errors are `LifeboatError` with `no-space`, `no-inodes`, `read-only`, `permission-denied`, `io-error`, `pack-missing`.
 */
export interface Storage {
  /**
   * Proves that this is the folder (or bucket) of this installation; throws `destination-foreign` when its marker is another's. With
   * `createMarker: false` nothing is made, and without a marker it throws `destination-unmarked`: a worker on another host, or a disk that is not mounted.
   */
  prepare(installationId: string, options?: { readonly createMarker?: boolean }): Promise<void>;
  /**
   * Opens a writer. `token` makes the temporary name unique to a run, so that a sweep can tell whose leftovers they are.
   * With `replace` the commit takes the place of an object under the same key, atomically (sidecars; never packs).
   */
  create(key: string, token: string, options?: { readonly replace?: boolean }): Promise<StorageWriter>;
  /**
   * Reads `length` bytes from `offset`; throws `pack-truncated` when the object ends before. `uncached`: past any cache of the writer where the
   * platform can. `into`: taken for the bytes when there are enough of it, and answered as the part that they fill.
   */
  readRange(key: string, offset: number, length: number, options?: ReadRangeOptions): Promise<Uint8Array>;
  /** Reads the whole object in order, in chunks of at most 1 MiB, past any cache of the writer where the platform can. A chunk is valid until the next one is asked for. */
  readAll(key: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Size of an object, or null when there is none. */
  stat(key: string): Promise<StoredObject | null>;
  /** Removes an object; quietly done when it is gone already. */
  remove(key: string): Promise<void>;
  /** Every object below a prefix, temporary ones left out, in key order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removes temporary leftovers of `token`, or of every token for which `isLeftover` answers true. Returns their names. */
  sweep(isLeftover: (token: string) => boolean): Promise<string[]>;
  /** Free and total bytes, or null where the destination has no such notion. */
  space(): Promise<{ freeBytes: number; totalBytes: number } | null>;
}
