# PostgreSQL in the directory $1, until standard input ends: with the test binary, however that one ends.
# Says `ready` when it answers. Debian's server refuses to run as root and has a user of its own.
set -eu
dir=$1
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || echo /none/postgres)")
[ -x "$bin/postgres" ] || { echo "PostgreSQL is missing: bin/test installs it, or apt-get install postgresql"; exit 1; }
as=
if [ "$(id -u)" = 0 ]; then
  chown postgres "$dir"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
cd "$dir"
# A collation that is not that of bytes, where it can be had: order and uniqueness must not lean on the server's.
init() { $as "$bin/initdb" -D "$dir/data" -U hallmark --auth=trust -E UTF8 --locale=C.UTF-8 "$@" >"$dir/init" 2>&1; }
init --locale-provider=icu --icu-locale=en-US || { rm -rf "$dir/data"; init; } || { cat "$dir/init"; exit 1; }
$as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=400 >"$dir/log" 2>&1 &
server=$!
until "$bin/pg_isready" -q -h "$dir"; do
  kill -0 $server 2>/dev/null || { cat "$dir/log"; exit 1; }
  sleep 0.05
done
echo ready
read -r _ || true
kill -QUIT $server
wait $server 2>/dev/null || true
rm -rf "$dir"
