#!/usr/bin/env bash
# Ticket events (JSON Lines on stdin) -> a webhook, one POST each. Prints the id of every event that
# was delivered, and stops at the first that was not, with a status other than 0.
#
#   WEBHOOK_URL   where to
#   WEBHOOK_CURL  a file for curl --config (mode 0600), with the line
#                 header = "Authorization: Bearer TOKEN"
#
# The receiver must answer 2xx, and has nothing to do where it knows the event_id.
# Needs bash 4.4, curl 7.76, jq 1.6.
set -euo pipefail
shopt -s inherit_errexit
: "${WEBHOOK_URL:?}" "${WEBHOOK_CURL:?}"

while IFS= read -r event || [[ -n $event ]]; do
  id=$(jq -er .event_id <<< "$event")
  curl --silent --show-error --fail --max-time 60 --config "$WEBHOOK_CURL" \
    --header 'Content-Type: application/json' --data-binary @- --output /dev/null \
    "$WEBHOOK_URL" <<< "$event"
  printf '%s\n' "$id"
done
