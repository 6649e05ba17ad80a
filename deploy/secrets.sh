#!/bin/sh
# Makes up the secrets of compose.yaml, once: sh deploy/secrets.sh [FOLDER]
# What is there stays; put your own into the same files.

set -eu
folder=${1:-$(dirname "$0")/secrets}

# Nobody else gets into the folder. The files themselves are readable: Compose mounts them as they are, and the
# users inside the containers are not you.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

[ -e "$folder/ads-key" ] || printf 'TSE_compose_%s\n' "$(random)" > "$folder/ads-key"

if [ ! -e "$folder/redis-password" ]; then
    password=$(random)
    # Redis reads it as a line of its configuration, the proxies as a setting.
    printf 'requirepass %s\n' "$password" > "$folder/redis-password"
    printf 'SPONSORED_PROXY_REDIS=redis://:%s@redis:6379/0\n' "$password" > "$folder/proxy.env"
fi
