import { existsSync } from "node:fs";

/** Where Debian, Ubuntu, Fedora and others put what `stdbuf` of coreutils preloads. */
const libraries = ["/usr/libexec/coreutils/libstdbuf.so", "/usr/lib/coreutils/libstdbuf.so"];
const writeBytes = 65_536;

/**
 * Lets a C program write its standard output 64 KiB at a time instead of 4, as `stdbuf -o64K` does: a pipe's every write costs both sides (for a
 * dump of 714 MiB half of what the kernel did). Empty where the library is not installed. Not for tools whose output is awaited line by line.
 */
export function largeWrites(): Record<string, string> {
  const library = libraries.find((path) => existsSync(path));
  return library === undefined ? {} : { LD_PRELOAD: library, _STDBUF_O: String(writeBytes) };
}
