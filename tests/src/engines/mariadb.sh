# MariaDB in the directory $1, until standard input ends: with the test binary, however that one ends.
# Says `ready` when it answers.
set -eu
dir=$1
for need in mariadbd mariadb-install-db mariadb-admin; do
  PATH=$PATH:/usr/sbin command -v $need >/dev/null || {
    echo "MariaDB is missing ($need): bin/test installs it, or apt-get install mariadb-server"; exit 1; }
done
user=$(id -un)
if [ "$user" = root ]; then
  user=mysql
  chown mysql "$dir"
fi
cd "$dir"
mariadb-install-db --no-defaults --user="$user" --datadir="$dir/data" --auth-root-authentication-method=normal \
  --skip-test-db >"$dir/init" 2>&1 || { cat "$dir/init"; exit 1; }
PATH=$PATH:/usr/sbin mariadbd --no-defaults --user="$user" --datadir="$dir/data" --socket="$dir/socket" \
  --pid-file="$dir/pid" --skip-networking --max-connections=400 >"$dir/log" 2>&1 &
server=$!
until mariadb-admin --no-defaults --socket="$dir/socket" --user=root ping >/dev/null 2>&1; do
  kill -0 $server 2>/dev/null || { cat "$dir/log"; exit 1; }
  sleep 0.05
done
echo ready
read -r _ || true
kill -KILL $server
wait $server 2>/dev/null || true
rm -rf "$dir"
