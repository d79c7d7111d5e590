#!/usr/bin/env bash
# Installs what the tests need from Debian or Ubuntu, as far as it is missing: programs named as arguments, of
# postgresql, chromium, zstd, openssl, patchelf and poppler-utils. As root with apt only; anybody else gets the command to type. PostgreSQL's package is kept
# from making a cluster of its own, and the machine's configuration stays as it was.
set -euo pipefail
wanted=()
for name in "$@"; do
  case "$name" in
    postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || wanted+=(postgresql) ;;
    chromium)
      command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
        || [ -e "/Applications/Google Chrome.app" ] || wanted+=(chromium) ;;
    poppler-utils) command -v pdftotext >/dev/null || wanted+=(poppler-utils) ;;
    *) command -v "$name" >/dev/null || wanted+=("$name") ;;
  esac
done
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need: ${wanted[*]}. Type: sudo apt-get install -y --no-install-recommends ${wanted[*]}" >&2
  exit 1
fi
echo "Installing for the tests: ${wanted[*]}" >&2
folder=/etc/postgresql-common/createcluster.d
made_folder=no
[ -d "$folder" ] || made_folder=yes
mkdir -p "$folder"
echo "create_main_cluster = false" > "$folder/lifeboat.conf"
cleanup() {
  rm -f "$folder/lifeboat.conf"
  if [ "$made_folder" = yes ]; then rmdir --ignore-fail-on-non-empty "$folder"; fi
}
trap cleanup EXIT
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
apt-get install -y -q --no-install-recommends "${wanted[@]}" >&2
