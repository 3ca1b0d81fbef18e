#!/bin/sh
# The streaming replica: copies the primary the first time, then becomes PostgreSQL.
# Needs what the primary needs, and PRIMARY_HOST. To copy anew, remove its volume.
set -eu
umask 077
here=$(dirname "$0")
primary="host=$PRIMARY_HOST user=replicator application_name=replica passfile=/tmp/pgpass"
printf '*:*:*:replicator:%s\n' "$(cat /secrets/REPLICATION_PASSWORD)" >/tmp/pgpass

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  until pg_isready --quiet --host="$PRIMARY_HOST"; do sleep 1; done
  psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 "$primary dbname=postgres" \
    --command="SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'replica'" \
    --command="SELECT pg_create_physical_replication_slot('replica', true)"
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  unfinished=$PGDATA.unfinished # moved into place when complete: a cut-short attempt leaves nothing that looks whole
  rm -rf "$unfinished"
  mkdir -p "$unfinished"
  pg_basebackup --dbname="$primary" --pgdata="$unfinished" --slot=replica --checkpoint=fast
  touch "$unfinished/standby.signal"
  mv "$unfinished" "$PGDATA"
fi

exec postgres -D "$PGDATA" -c config_file="$here/postgresql.conf" -c hba_file="$here/pg_hba.conf" \
  -c primary_conninfo="$primary" -c primary_slot_name=replica
