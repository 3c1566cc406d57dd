#!/usr/bin/env bash
# Delivers what waits in a state by one of the recipes, and acknowledges what it took, also where it
# failed halfway: deliver.sh STATE RECIPE
set -uo pipefail
umask 077
state=${1:?a folder or s3://bucket/prefix} recipe=${2:?a recipe}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

auditor tickets --state "$state" > "$work/events" || exit
"$recipe" < "$work/events" > "$work/delivered"
status=$?
auditor tickets --state "$state" --ack "$work/delivered" || exit
exit "$status"
