#!/usr/bin/env bash
# Ticket events (JSON Lines on stdin) -> issues of Jira Cloud (REST v3). Prints the id of every event
# that was delivered, and stops at the first that was not, with a status other than 0.
#
#   JIRA_URL      https://NAME.atlassian.net
#   JIRA_PROJECT  key of the project
#   JIRA_CURL     a file for curl --config (mode 0600), with the line
#                 user = "MAIL:API TOKEN"
#   JIRA_TYPE     kind of issue; else Task
#   JIRA_DUE      1 where the project's screens have the field duedate
#
# An issue is found by its label aws-audit-KEY. The last line of its description names the events
# that it had. All text goes in as text nodes: Jira makes no markup, link or mention of them.
# Needs bash 4.4, curl 7.76, jq 1.6.
# shellcheck disable=SC2016 # a $name in single quotes is jq's
set -euo pipefail
shopt -s inherit_errexit
: "${JIRA_URL:?}" "${JIRA_PROJECT:?}" "${JIRA_CURL:?}"
api=$JIRA_URL/rest/api/3
declare -A issue=()

call() { # METHOD PATH [CURL OPTION...]: what Jira answers
  local method=$1 path=$2 answer
  shift 2
  if ! answer=$(curl --silent --show-error --fail-with-body --max-time 60 --config "$JIRA_CURL" \
    --header 'Accept: application/json' --request "$method" "$@" "$api/$path"); then
    printf '%s\n' "$answer" | cat -v >&2
    return 1
  fi
  printf '%s\n' "$answer"
}

send() { # METHOD PATH: the same, with stdin
  call "$1" "$2" --header 'Content-Type: application/json' --data-binary @-
}

# Markdown, as events have it, in the Atlassian Document Format: blocks of code, headings, lines.
ADF='def node($text): {type: "text", text: $text};
def adf($mark): (.[:20000] + "\n\n" + $mark) as $text
  | reduce ($text | split("\n")[]) as $line ({out: [], fence: null, code: []};
      if .fence == $line or (.fence and $line == $mark) then
        .out += [{type: "codeBlock", content: [.code | join("\n") | select(. != "") | node(.)]}]
        | .fence = null | .code = []
        | if $line == $mark then .out += [{type: "paragraph", content: [node($line)]}] else . end
      elif .fence then .code += [$line]
      elif ($line | test("^`{3,}[a-z]*$")) then .fence = ($line | gsub("[a-z]"; ""))
      elif ($line | test("^#+ ")) then
        .out += [{type: "heading", attrs: {level: ($line | index(" "))},
                  content: [node($line | gsub("^#+ "; ""))]}]
      elif ($line | test("\\S")) then .out += [{type: "paragraph", content: [node($line)]}]
      else . end)
  | {type: "doc", version: 1, content: .out};
def head: [(.routing | to_entries[] | select(.value != "") | "\(.key): \(.value)"),
    (.due // empty | "due: \(.)")] | join(", ");
def description($had): .event_id as $id | .dedup_key as $key
  | (head + "\n\n" + .body) | adf("aws-audit \($key):\($had[-660:]) \($id)");
def due: if $due == "1" then {duedate: .due} else {} end;'

filter() { # FILTER: jq on the event, with what is known of its issue
  jq --arg had "$had" --arg due "${JIRA_DUE:-}" --arg project "$JIRA_PROJECT" \
    --arg type "${JIRA_TYPE:-Task}" "$ADF $1" <<< "$event"
}

# Jira's search knows new issues only after some seconds: those of this run are remembered.
find_issue() {
  [[ -n ${issue[$key]:-} ]] && return
  issue[$key]=$(filter '{jql: "project = \"\($project)\" AND labels = \"aws-audit-\(.dedup_key)\"
      ORDER BY created ASC" | gsub("\\s+"; " "), fields: ["status"], maxResults: 1}' \
    | send POST search/jql | jq -r '.issues[0].id // ""')
}

create() {
  filter '{fields: ({project: {key: $project}, issuetype: {name: $type}, summary: .title,
      description: description(""),
      labels: ["aws-audit-\(.dedup_key)", (.labels[] | gsub("\\s+"; "-"))]} + due)}' \
    | send POST issue | jq -er .id
}

move() { # the issue to a status of the category that the event asks for, by the project's workflow
  local wanted
  wanted=$(call GET "issue/$1/transitions" | jq -er --arg status "$status" '
    [.transitions[] | {id, category: .to.statusCategory.key}]
    | if $status == "closed" then map(select(.category == "done"))
      else map(select(.category != "done")) | sort_by(.category != "new") end
    | .[0].id // error("the workflow has no transition to such a status")')
  jq -n --arg id "$wanted" '{transition: {id: $id}}' | send POST "issue/$1/transitions"
}

update() {
  local seen had now
  seen=$(call GET "issue/$1?fields=status,description")
  had=$(jq -r '[.fields.description.content[-1]?.content[0]?.text // ""][0]
    | (capture("^aws-audit [0-9a-f]{32}:(?<had>( [0-9a-f]{32})+)$") | .had) // ""' <<< "$seen")
  [[ "$had " != *" $id "* ]] || return 0
  now=$(jq -er 'if .fields.status.statusCategory.key == "done" then "closed" else "open" end' \
    <<< "$seen")
  if [[ $kind != unverified && $status != "$now" ]]; then
    move "$1"
  fi
  filter '{fields: ({description: description($had)} + due), update: {comment: [{add: {body:
      ("\(.event | gsub("_"; " "))\(if .reason == "" then "" else ": " + .reason end)"
       | gsub("\n"; " ")) | {type: "doc", version: 1,
         content: [{type: "paragraph", content: [node(.)]}]}}}]}}' \
    | send PUT "issue/$1"
}

had=
while IFS= read -r event || [[ -n $event ]]; do
  read -r key id status kind < <(
    jq -er '[.dedup_key, .event_id, .status, .event] | join(" ")' <<< "$event")
  [[ "$key $id" =~ ^[0-9a-f]{32}\ [0-9a-f]{32}$ ]] || exit 1
  find_issue
  if [[ -n ${issue[$key]} ]]; then
    [[ ${issue[$key]} =~ ^[0-9]+$ ]] || exit 1
    update "${issue[$key]}" > /dev/null
  elif [[ $status == open ]]; then
    issue[$key]=$(create)
  fi
  printf '%s\n' "$id"
done
