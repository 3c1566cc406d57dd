#!/usr/bin/env bash
# Ticket events (JSON Lines on stdin) -> incidents of ServiceNow (Table API). Prints the id of every
# event that was delivered, and stops at the first that was not, with a status other than 0.
#
#   SERVICENOW_URL         https://NAME.service-now.com
#   SERVICENOW_CURL        a file for curl --config (mode 0600), with the line
#                          user = "NAME:PASSWORD", or header = "Authorization: Bearer TOKEN"
#   SERVICENOW_CLOSE_CODE  what resolved incidents get; else "Solution provided"
#
# An incident is found by its correlation_id; closed and cancelled ones (states 7, 8) stay closed,
# and what comes back then gets a new one. The last line of its description names the events that it
# had: description, work note and state go in by one call. Work notes hold words of ours only, for
# they can bear HTML.
# Needs bash 4.4, curl 7.76, jq 1.6.
# shellcheck disable=SC2016 # a $name in single quotes is jq's
set -euo pipefail
shopt -s inherit_errexit
: "${SERVICENOW_URL:?}" "${SERVICENOW_CURL:?}"
table=$SERVICENOW_URL/api/now/table/incident

call() { # METHOD URL [CURL OPTION...]: what ServiceNow answers
  local method=$1 url=$2 answer
  shift 2
  if ! answer=$(curl --silent --show-error --fail-with-body --max-time 60 \
    --config "$SERVICENOW_CURL" --header 'Accept: application/json' \
    --request "$method" "$@" "$url"); then
    printf '%s\n' "$answer" | cat -v >&2
    return 1
  fi
  printf '%s\n' "$answer"
}

send() { # METHOD URL: the same, with stdin
  call "$1" "$2" --header 'Content-Type: application/json' --data-binary @-
}

# Of 4,000 characters that a description holds, the mark with the last events takes the end.
RECORD='def head: [(.routing | to_entries[] | select(.value != "") | "\(.key): \(.value)"),
    (.due // empty | "due: \(.)")] | join(", ");
def words: "\(.event | gsub("_"; " "))\(.reason
    | if test("^[a-z_]+(; [a-z_]+)*$") then ": " + . else "" end)";
def record: {
    description: ("\(head)\n\n\(.body)"[:3500] + "\n\naws-audit \(.dedup_key):\($had[-231:]) \(.event_id)"),
    urgency: ({critical: "1", high: "2"}[.severity] // "3"),
    work_notes: words
  };'

create() {
  jq --arg had '' "$RECORD"'record + {correlation_id: .dedup_key,
      correlation_display: "aws-live-auditor", short_description: .title[:160]}' <<< "$event" \
    | send POST "$table" | jq -er .result.sys_id > /dev/null
}

update() { # SYS_ID STATE
  jq --arg had "$had" --arg state "$2" \
    --arg code "${SERVICENOW_CLOSE_CODE:-Solution provided}" "$RECORD"'record +
    if .status == "closed" then {state: "6", close_code: $code, close_notes: words}
    elif $state == "6" and .event != "unverified" then {state: "2"}
    else {} end' <<< "$event" | send PATCH "$table/$1" > /dev/null
}

while IFS= read -r event || [[ -n $event ]]; do
  read -r key id status < <(jq -er '[.dedup_key, .event_id, .status] | join(" ")' <<< "$event")
  [[ "$key $id" =~ ^[0-9a-f]{32}\ [0-9a-f]{32}$ ]] || exit 1
  found=$(call GET "$table" --get --data sysparm_limit=1 \
    --data sysparm_fields=sys_id,state,description --data-urlencode \
    "sysparm_query=correlation_id=$key^stateNOT IN7,8^ORDERBYDESCsys_created_on")
  row=$(jq -r '.result[0] // {} | [.sys_id // "", .state // "",
      ((.description // "" | split("\n") | last // ""
        | capture("^aws-audit [0-9a-f]{32}:(?<had>( [0-9a-f]{32})+)\\s*$") | .had) // "")]
    | join("\t")' <<< "$found")
  IFS=$'\t' read -r record state had <<< "$row"
  if [[ $record =~ ^[0-9a-f]{32}$ ]]; then
    [[ "$had " == *" $id "* ]] || update "$record" "$state"
  elif [[ $status == open ]]; then
    create
  fi
  printf '%s\n' "$id"
done
