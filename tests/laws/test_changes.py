"""Who is asked after a change: every event is an operation of the service that it is looked for at.

CloudTrail names events after the operations of the API; S3's are older, and some are named by none
of today's operations.
"""

import botocore.session
import pytest

from auditor.catalogue import load, recordables
from probes.changes import OF_PROBES
from probes.changes_of_kinds import ADDED, KINDS, REMOVED, REST

SESSION = botocore.session.get_session()
ROWS = {row.type: row for row in recordables()}
OF_S3 = {"PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"}
"""Events of S3 that no operation is called as (S3 user guide, "Amazon S3 CloudTrail events")."""
NEW_OF_S3 = {"PutBucketLifecycleConfiguration", "PutBucketNotificationConfiguration"}
"""Operations of S3 whose events have the names of the ones that they replaced."""


def operations(service):
    return set(SESSION.get_service_model(service).operation_names)


def events(kind):
    service = ROWS[kind].query.operation.partition(":")[0]
    named = operations(service) | operations("resourcegroupstaggingapi")
    return (named | OF_S3) - NEW_OF_S3 if service == "s3" else named


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_of_a_kind_is_an_operation_of_its_service(kind):
    assert {name for names in KINDS[kind].values() for name in names} <= events(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_calls_change_of_a_kind_is_recorded_of_it(kind):
    assert set(KINDS[kind]) <= {ADDED, REMOVED, REST, *ROWS[kind].attributes}


def test_of_every_recorded_kind_it_is_known_what_makes_and_removes_it():
    assert {kind for kind, calls in KINDS.items() if {ADDED, REMOVED} <= set(calls)} == set(ROWS)


def test_every_event_of_a_probe_is_an_operation_of_a_service_that_it_asks():
    asked = {
        probe.id: {query.operation.partition(":")[0] for query in (*probe.subjects, *probe.needs)}
        for probe in load()
    }
    assert set(OF_PROBES) <= set(asked)
    for probe, names in OF_PROBES.items():
        known = set().union(*map(operations, asked[probe]))
        known = (known | OF_S3) - NEW_OF_S3 if "s3" in asked[probe] else known
        assert set(names) <= known, probe
