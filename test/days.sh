#!/usr/bin/env bash
# Runs the suites in which days matter on other days: npm run test:days [-- CLOCK [TEST FILE...]].
# Needs Debian's package faketime. The servers and commands that tests start share the clock, except Redis, which hangs
# under it (test/support/redis-server.ts).
set -euo pipefail

cd "$(dirname "$0")/.."

# A name of the clock, its time zone and the local time at which the run begins.
clocks='saturday   UTC              2027-01-02 12:00:00
holiday    UTC              2027-01-01 12:00:00
year-end   UTC              2026-12-31 23:58:00
new-york   America/New_York 2026-12-31 23:58:00
leap-day   UTC              2028-02-29 12:00:00'

suites='test/classification test/docs test/events test/groups test/history test/http test/jobs test/market test/quality
test/query test/refresh test/report'

# Left out: under a shifted clock PostgreSQL does not detect a lost client (client_connection_check_interval), and pg_cron
# runs its job at a time at which it is not due.
without='is killed in the middle of a run|past the grace period takes the run back|the job runs the refresh, and the run is'

library=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1 || true)
[ -n "$library" ] || { echo 'apt-get install -y faketime' >&2; exit 1; }

only=${1:-}
[ $# -eq 0 ] || shift
[ $# -eq 0 ] || suites=$*

failed=()
while read -r name zone time; do
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  printf '\n==> %s: %s %s\n' "$name" "$time" "$zone"
  # An offset instead of a time: a process that starts later does not begin at the first second again.
  offset=$(($(TZ=$zone date -d "$time" +%s) - $(date +%s)))
  # shellcheck disable=SC2086
  TZ=$zone LD_PRELOAD=$library FAKETIME=$(printf '%+d' "$offset") FAKETIME_DONT_FAKE_MONOTONIC=1 \
    node node_modules/vitest/vitest.mjs run $suites -t "^(?!.*($without))" </dev/null || failed+=("$name")
done <<<"$clocks"

[ "${#failed[@]}" -eq 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
