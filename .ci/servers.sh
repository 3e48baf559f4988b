# Sourced by `run`: PostgreSQL and Redis for the tests, at DATABASE_URL and REDIS_URL or on their standard local ports. What is
# missing is installed and started in a data folder of its own, and ends with the run.

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

install_packages() { # package…
  command -v apt-get >/dev/null || return 1
  echo "== apt-get install $*"
  local as_root
  as_root=$([ "$(id -u)" -eq 0 ] || echo 'sudo -n')
  { $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends "$@"; } >&2 ||
    echo "== apt-get install $* failed"
}

# PostgreSQL refuses to run as root.
as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

newest_postgres() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

start_postgres() { # port
  [ -n "$(newest_postgres)" ] || install_packages postgresql || return 0
  answers "$1" && return
  local bin
  bin=$(newest_postgres)
  postgres_data=$(mktemp -d)
  [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_data"
  echo "== PostgreSQL in $postgres_data"
  (cd "$postgres_data" && as_postgres "$bin/initdb" -D "$postgres_data/data" -U postgres -A trust -E UTF8 >/dev/null &&
    as_postgres "$bin/pg_ctl" -D "$postgres_data/data" -l "$postgres_data/log" -w start \
      -o "-p $1 -c listen_addresses=127.0.0.1 -k $postgres_data" >/dev/null) || echo '== PostgreSQL does not start'
}

start_redis() { # port
  command -v redis-server >/dev/null || install_packages redis-server || return 0
  answers "$1" && return
  redis_data=$(mktemp -d)
  echo "== Redis in $redis_data"
  redis-server --port "$1" --bind 127.0.0.1 --save '' --appendonly no --dir "$redis_data" >"$redis_data/log" 2>&1 &
  redis_pid=$!
}

stop_servers() {
  [ -z "${redis_pid:-}" ] || kill "$redis_pid" 2>/dev/null || true
  [ -z "${postgres_data:-}" ] ||
    (cd "$postgres_data" && as_postgres "$(newest_postgres)/pg_ctl" -D data -m fast stop >/dev/null 2>&1) || true
}

trap stop_servers EXIT
[ -n "${DATABASE_URL:-}" ] || answers 5432 || start_postgres 5432
[ -n "${REDIS_URL:-}" ] || answers 6379 || start_redis 6379
