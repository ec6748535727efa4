#!/usr/bin/env bash
# Saves the database to backups/, checks that the file can be read back, and keeps the last 14.
#   docker compose:   deploy/backup.sh
#   own PostgreSQL:   DATABASE_URL=postgres://… deploy/backup.sh
#   npm start:        deploy/backup.sh   (Huiliu must be stopped: the folder is copied as it lies)
# The key (SECRET_KEY or .data/secret.key) is NOT in a database dump. Keep it apart: without it the stored credentials
# of connected accounts cannot be decrypted, and with it anyone who has the dump can.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep="${KEEP:-14}"
folder="${BACKUP_DIR:-backups}"
stamp="$(date -u +%Y%m%dT%H%M%SZ)"
umask 077
mkdir -p "$folder"

finish() { # unfinished file → its name; only a whole backup gets a name that counts
  mv "$1" "$2"
  echo "saved $2 ($(du -h "$2" | cut -f1))"
  # newest first; names carry the time, so their order is that of their making
  find "$folder" -maxdepth 1 -type f -name 'huiliu-*' ! -name '*.unfinished' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
    rm -f "$old"
    echo "removed $old"
  done
}

if [ -n "${DATABASE_URL:-}" ]; then
  part="$folder/huiliu-$stamp.dump.unfinished"
  pg_dump --format=custom --dbname="$DATABASE_URL" --file="$part"
  pg_restore --list "$part" >/dev/null
  finish "$part" "$folder/huiliu-$stamp.dump"
elif command -v docker >/dev/null 2>&1 && [ -n "$(docker compose ps --quiet postgres 2>/dev/null)" ]; then
  part="$folder/huiliu-$stamp.dump.unfinished"
  docker compose exec -T postgres pg_dump --format=custom --username=huiliu huiliu > "$part"
  docker compose exec -T postgres pg_restore --list < "$part" >/dev/null
  finish "$part" "$folder/huiliu-$stamp.dump"
else
  data="${DATA_DIR:-.data}"
  if [ ! -d "$data/postgres" ]; then
    echo "Nothing to save: no DATABASE_URL, no running compose database, and no $data/postgres." >&2
    exit 1
  fi
  if [ -e "$data/postgres/postmaster.pid" ] || [ -e "$data/running.json" ]; then
    echo "Huiliu runs on $data. Stop it first (Ctrl-C): a running database cannot be copied file by file." >&2
    exit 1
  fi
  part="$folder/huiliu-$stamp.tar.gz.unfinished"
  # the key goes along here, for this is one person's machine and the copy is useless without it
  tar --create --gzip --file="$part" --directory="$data" postgres postgres.password secret.key
  tar --list --gzip --file="$part" >/dev/null
  finish "$part" "$folder/huiliu-$stamp.tar.gz"
fi
