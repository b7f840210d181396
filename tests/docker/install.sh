#!/bin/sh
# Makes sure that a Redis server and nginx are there for the tests of docker/compose.production.yaml.
# Exits 1, with the reason, if they are not; those tests are then left out and say so.
set -eu
missing=
for name in redis-server nginx openssl; do
    PATH=/usr/local/bin:/usr/bin:/usr/sbin command -v "$name" >/dev/null || missing="$missing $name"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not here, so the tests of the production files are left out:$missing." >&2
    exit 1
fi
# Debian starts a server when it installs one, except in this run level.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
# shellcheck disable=SC2086 -- a list of names.
install() { apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
install 2>/dev/null || {
    apt-get update -qq
    install
}
