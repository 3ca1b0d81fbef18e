#!/bin/sh
# The primary: makes its cluster the first time, then becomes PostgreSQL.
# Needs PostgreSQL's own programs on the PATH, user postgres, PGDATA on a volume, and /secrets of make-secrets.js.
set -eu
umask 077
here=$(dirname "$0")

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  unfinished=$PGDATA.unfinished # moved into place when complete: a cut-short attempt leaves nothing that looks whole
  rm -rf "$unfinished"
  mkdir -p "$unfinished"
  initdb --pgdata="$unfinished" --username=postgres --pwfile=/secrets/SUPERUSER_PASSWORD \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  # One statement a line. A log-in has business in the databases that it was let into, and in no other.
  {
    printf "CREATE ROLE replicator REPLICATION LOGIN PASSWORD '%s'\n" "$(cat /secrets/REPLICATION_PASSWORD)"
    echo 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'
    echo 'GRANT CONNECT ON DATABASE postgres TO replicator'
  } |
    postgres --single -D "$unfinished" -c exit_on_error=on -c log_statement=none postgres >/dev/null
  mv "$unfinished" "$PGDATA"
fi

exec postgres -D "$PGDATA" -c config_file="$here/postgresql.conf" -c hba_file="$here/pg_hba.conf"
