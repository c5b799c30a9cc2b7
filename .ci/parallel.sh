# Steps that run beside others, sourced by scripts of this directory.

logs=$(mktemp -d)
declare -A running=()
# Ends what still runs when a step failed.
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$logs"' EXIT

# begin <name> <command…>: runs beside what follows.
begin() {
  local name=$1
  shift
  "$@" >"$logs/$name" 2>&1 &
  running[$name]=$!
}

# finish <name>: waits for it, shows what it wrote, and fails when it failed.
finish() {
  local code=0
  wait "${running[$1]}" || code=$?
  cat "$logs/$1"
  [ "$code" = 0 ] || echo "$1 failed with $code." >&2
  return "$code"
}
