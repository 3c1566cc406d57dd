#!/usr/bin/env bash
# Ticket events (JSON Lines on stdin) -> GitHub issues. Prints the id of every event that was
# delivered, and stops at the first that was not, with a status other than 0.
#
#   GITHUB_REPOSITORY  owner/name
#   GITHUB_CURL        a file for curl --config (mode 0600), with the line
#                      header = "Authorization: Bearer TOKEN"
#   GITHUB_API_URL     where it is not https://api.github.com
#   AUDIT_LABEL        a label that only these issues bear; else aws-audit
#   AUDIT_PAUSE        seconds before each write; else 1, as GitHub asks
#
# The last line of an issue's text, a comment in HTML, names its ticket and the events that it had.
# Needs bash 4.4, curl 7.76, jq 1.6.
# shellcheck disable=SC2016 # a $name in single quotes is jq's
set -euo pipefail
shopt -s inherit_errexit
: "${GITHUB_REPOSITORY:?}" "${GITHUB_CURL:?}"
issues=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/issues
label=${AUDIT_LABEL:-aws-audit}
declare -A number=() had=()

call() { # METHOD URL [CURL OPTION...]: what GitHub answers
  local method=$1 url=$2 answer
  shift 2
  if ! answer=$(curl --silent --show-error --fail-with-body --max-time 60 \
    --config "$GITHUB_CURL" --header 'Accept: application/vnd.github+json' \
    --header 'X-GitHub-Api-Version: 2022-11-28' --request "$method" "$@" "$url"); then
    printf '%s\n' "$answer" | cat -v >&2
    return 1
  fi
  printf '%s\n' "$answer"
}

send() { # METHOD URL: the same, with stdin
  sleep "${AUDIT_PAUSE:-1}"
  call "$1" "$2" --header 'Content-Type: application/json' --data-binary @-
}

# Listed, not searched for: GitHub's search knows new issues only after a while.
know_issues() {
  local page=0 answer rows key issue events
  while page=$((page + 1)); do
    answer=$(call GET "$issues" --get --data-urlencode "labels=$label" --data state=all \
      --data per_page=100 --data "page=$page")
    rows=$(jq -r '.[] | select(.pull_request | not) | .number as $number
      | (.body // "") | gsub("\\s+$"; "") | split("\n") | last // ""
      | capture("^<!-- aws-audit (?<key>[0-9a-f]{32})(?<had>( [0-9a-f]{32})+) -->$")
      | [.key, $number, .had] | @tsv' <<< "$answer")
    while IFS=$'\t' read -r key issue events; do
      [[ -z $key ]] || number[$key]=$issue had[$key]=$events
    done <<< "$rows"
    [[ $(jq length <<< "$answer") == 100 ]] || break
  done
}

# The text of an issue: whose it is and until when, the event's own text, and the mark.
TEXT='def text: ([(.routing | to_entries[] | select(.value != "") | "\(.key): \(.value)"),
    (.due // empty | "due: \(.)")] | join(", ")) as $head
  | (if $head == "" then "" else $head + "\n\n" end) + .body
    + "\n\n<!-- aws-audit \(.dedup_key)\($had[-660:]) \(.event_id) -->";'

create() {
  jq --arg had '' --arg ours "$label" "$TEXT"'{title, body: text, labels: [$ours, .labels[]]}' \
    <<< "$event" | send POST "$issues" | jq -er .number
}

update() {
  local comments
  comments=$(call GET "$issues/$1/comments" --get --data-urlencode "since=$at" \
    --data per_page=100)
  if ! jq -e --arg id "$id" 'any(.[]; .body | contains("<!-- aws-audit-event \($id) -->"))' \
    <<< "$comments" > /dev/null; then
    jq '{body: ("**\(.event | gsub("_"; " "))**\(.reason
        | if test("^[a-z_]+(; [a-z_]+)*$") then ": " + . else "" end)"
        + "\n\n<!-- aws-audit-event \(.event_id) -->")}' <<< "$event" \
      | send POST "$issues/$1/comments" > /dev/null
  fi
  jq --arg had "${had[$key]}" "$TEXT"'{body: text} +
    if .event == "unverified" then {}
    elif .status == "open" then {state: "open"}
    elif .event == "waived" then {state: "closed", state_reason: "not_planned"}
    else {state: "closed", state_reason: "completed"} end' <<< "$event" \
    | send PATCH "$issues/$1" > /dev/null
}

know_issues
while IFS= read -r event || [[ -n $event ]]; do
  read -r key id status at < <(
    jq -er '[.dedup_key, .event_id, .status, .at] | join(" ")' <<< "$event")
  [[ "$key $id" =~ ^[0-9a-f]{32}\ [0-9a-f]{32}$ ]] || exit 1
  if [[ -z ${number[$key]:-} ]]; then
    if [[ $status == open ]]; then
      number[$key]=$(create) had[$key]=" $id"
    fi
  elif [[ "${had[$key]} " != *" $id "* ]]; then
    update "${number[$key]}"
    had[$key]+=" $id"
  fi
  printf '%s\n' "$id"
done
