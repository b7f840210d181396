#!/bin/sh
# Makes what compose.production.yaml needs to know in secret: a certificate authority of its own,
# certificates for Redis and for the proxy, and a password for each user of Redis.
#
#   docker/make-secrets.sh [FOLDER [NAME]]
#
# FOLDER (docker/secrets) must not exist; NAME (localhost) is the name clients know the service by.
# For a certificate that browsers know, replace proxy.crt and proxy.key by yours.
# REDIS (redis:6379) and SEEN_AT (/run/secrets) say where Redis is, and where the parts find the
# files: they differ only where the parts run outside of containers.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/secrets}
name=${2:-localhost}
redis=${REDIS:-redis:6379}
seen_at=${SEEN_AT:-/run/secrets}
days=825

[ ! -e "$folder" ] || { echo "$folder exists. Move it away to make new secrets." >&2; exit 1; }
command -v openssl >/dev/null || { echo "openssl is not installed." >&2; exit 1; }
umask 077
mkdir -p "$folder"
cd "$folder"

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }

# certificate NAME ALTERNATIVES: a key, and its certificate from the authority here.
certificate() {
    key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n' \
        "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -days "$days" -sha256 \
        -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

key ca
openssl req -x509 -new -key ca.key -subj "/CN=Khabar's own authority" -days 3650 -sha256 \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -out ca.crt
certificate redis "DNS:redis,DNS:localhost,IP:127.0.0.1"
certificate proxy "DNS:$name"

# Passwords are known to those who show them. Redis has their hashes, as it does not need more.
rules='/^#/d; :join; /\\$/{N; s/[ ]*\\\n[ ]*/ /; b join}; /^$/d'
sed "$rules" "$here/redis/users.acl" >users.acl
for user in service worker health operator; do
    password=$(openssl rand -hex 32)
    hash=$(printf %s "$password" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
    upper=$(printf %s "$user" | tr '[:lower:]' '[:upper:]')
    sed "s/@$upper@/$hash/" users.acl >users.new && mv users.new users.acl
    case $user in
    service | worker)
        url="rediss://$user:$password@$redis/0?ssl_ca_certs=$seen_at/ca.crt"
        printf '%s\n' "$url" >"${user}_redis_url"
        ;;
    *) printf '%s\n' "$password" >"${user}_password" ;;
    esac
done

# The folder is closed to others, so its files need not be: each part runs as a user of its own
# number, which has to read the few files that are lent to it. The authority's key is lent to none.
chmod 444 ./*
chmod 400 ca.key operator_password
echo "Made $folder. Keep it from others, and out of version control."
