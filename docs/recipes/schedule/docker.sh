#!/bin/sh
# One audit in a container that can write nowhere but to /data and has no capabilities, as whoever
# calls it: the files of ~/.aws are theirs alone to read. Credentials: a profile of ~/.aws, named in
# AWS_PROFILE. Report and state: in $AUDIT_FOLDER, which belongs to the caller, too.
set -eu
exec docker run --rm --name auditor \
    --read-only --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" \
    --volume "$HOME/.aws:/aws:ro" --volume "$AUDIT_FOLDER:/data" \
    --env AWS_CONFIG_FILE=/aws/config --env AWS_SHARED_CREDENTIALS_FILE=/aws/credentials \
    --env AWS_PROFILE \
    auditor scan --quiet --lock /data/lock --timeout 1h \
    --state /data/state --format json --output /data/report.json --summary
