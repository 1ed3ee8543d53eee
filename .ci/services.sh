#!/usr/bin/env bash
# Starts what the integration tests of the ledger's stores need, PostgreSQL and a
# DynamoDB (dynalite), on free loopback ports and in a temporary directory, and
# prints what the caller's shell must know. That also stops them when the shell
# ends:
#
#   services=$(.ci/services.sh) && eval "$services"
#   go test -tags integration ./pkg/ledger/...
#
# PostgreSQL does not run as root, so root runs it as the user postgres. What is
# not installed (PostgreSQL, Node.js with npm) is taken from Debian's packages.
set -Eeuo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

stop() { # stop <directory>: what was started there
  kill_and_wait QUIT "$1/postgres.pid" # at once: its data is thrown away
  kill_and_wait TERM "$1/dynamodb.pid"
  rm -rf "$1"
}

kill_and_wait() { # kill_and_wait <signal> <file that begins with a process id>
  local pid
  [ -s "$2" ] || return 0
  pid=$(head -n 1 "$2")
  kill "-$1" "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
}

if [ "${1:-}" = stop ]; then
  stop "$2"
  exit
fi

dir=$(mktemp -d)
chmod 755 "$dir" # the user postgres must reach its own directory below
trap 'stop "$dir"' ERR

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

until_ready() { # until_ready <what> <command...>
  local what=$1
  shift
  for _ in $(seq 100); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  echo "$what did not start; its log:" >&2
  cat "$dir/$what.log" >&2
  return 1
}

postgres_bin() {
  ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

install() { # install <package...>: from Debian
  local root=''
  [ "$(id -u)" -eq 0 ] || root=sudo
  $root apt-get update -qq >&2
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

start_postgres() {
  [ -n "$(postgres_bin)" ] || install postgresql
  local bin data=$dir/postgres
  bin=$(postgres_bin)
  mkdir "$data"
  [ "$(id -u)" -ne 0 ] || chown postgres "$data"
  postgres_port=$(free_port)
  as_postgres "$bin/initdb" -D "$data" -U ledger -A trust -E UTF8 --locale=C --no-sync >"$dir/postgres.log" 2>&1
  # Durability is PostgreSQL's own matter, not what is tested here.
  as_postgres "$bin/postgres" -D "$data" -p "$postgres_port" -h 127.0.0.1 -k "$data" -F \
    >>"$dir/postgres.log" 2>&1 </dev/null &
  until_ready postgres test -s "$data/postmaster.pid"
  cp "$data/postmaster.pid" "$dir/postgres.pid"
  until_ready postgres "$bin/pg_isready" -h 127.0.0.1 -p "$postgres_port"
}

start_dynamodb() {
  cp "$here"/dynalite/package*.json "$dir"
  npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund >"$dir/dynamodb.log" 2>&1
  dynamodb_port=$(free_port)
  node "$dir/node_modules/dynalite/cli.js" --host 127.0.0.1 --port "$dynamodb_port" --createTableMs 0 --deleteTableMs 0 \
    >>"$dir/dynamodb.log" 2>&1 </dev/null &
  echo $! >"$dir/dynamodb.pid"
  until_ready dynamodb bash -c "exec 3<>/dev/tcp/127.0.0.1/$dynamodb_port"
}

command -v npm >/dev/null || install nodejs npm
start_postgres
start_dynamodb
cat <<END
export LEDGER_TEST_POSTGRES='postgres://ledger@127.0.0.1:$postgres_port/postgres?sslmode=disable'
export LEDGER_TEST_DYNAMODB='http://127.0.0.1:$dynamodb_port'
trap '"$here/services.sh" stop "$dir"' EXIT
END
