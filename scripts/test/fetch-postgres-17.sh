#!/usr/bin/env bash
# Unpacks Debian 13's PostgreSQL 17 with the libraries it needs into PREFIX (argument 1), for the tests' version matrix:
# Debian 12 itself has only 15. Nothing is installed on the machine; the result is cached outside the repository and left
# alone when it exists. Needs root, apt and patchelf. Prints the bin folder as its last line.
set -euo pipefail
prefix=${1:?usage: fetch-postgres-17.sh PREFIX}
bin="$prefix/usr/lib/postgresql/17/bin"
if [ -f "$prefix/complete" ]; then echo "$bin"; exit 0; fi
export DEBIAN_FRONTEND=noninteractive
command -v patchelf >/dev/null || apt-get install -y -q --no-install-recommends patchelf >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A private apt configuration with an empty package state: everything down to libc is downloaded, nothing is installed.
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/state" "$work/root"
: > "$work/state/status"
key=/usr/share/keyrings/debian-archive-keyring.gpg
{
  echo "deb [signed-by=$key] http://deb.debian.org/debian trixie main"
  echo "deb [signed-by=$key] http://deb.debian.org/debian-security trixie-security main"
} > "$work/sources.list"
apt_private=(-q -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-" -o "Dir::Etc::preferences=-" -o "Dir::Etc::preferencesparts=-"
  -o "Dir::State=$work/state" -o "Dir::State::status=$work/state/status" -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=root")
apt-get "${apt_private[@]}" update >&2
apt-get "${apt_private[@]}" install -y --no-install-recommends --download-only postgresql-17 >&2
for deb in "$work"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
root="$work/root"
mkdir -p "$work/out/usr/lib/postgresql" "$work/out/usr/share/postgresql" "$work/out/lib"
cp -a "$root/usr/lib/postgresql/17" "$work/out/usr/lib/postgresql/"
cp -a "$root/usr/share/postgresql/17" "$work/out/usr/share/postgresql/"
arch_dir=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")
cp -a "$arch_dir"/*.so* "$work/out/lib/"
# Links inside the library folder only: a dangling one would hide a missing library until the server starts.
find "$work/out/lib" -xtype l -delete
mkdir -p "$(dirname "$prefix")"
rm -rf "$prefix"
mv "$work/out" "$prefix"
loader=$(ls "$prefix"/lib/ld-linux-*.so.* | head -n 1)
for file in "$bin"/*; do
  if patchelf --print-interpreter "$file" >/dev/null 2>&1; then patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$prefix/lib" "$file"; fi
done
chmod -R a+rX "$prefix"
"$bin/postgres" --version >&2
touch "$prefix/complete"
echo "$bin"
