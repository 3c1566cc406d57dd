import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import Answer
from probes.analysis.database_logs import aurora_ships_audit, silences

VALUES = st.dictionaries(
    st.sampled_from(["general_log", "slow_query_log", "log_output", "server_audit_logging"]),
    st.none() | st.text(max_size=8) | st.sampled_from(["0", "1", "ON", "off", "FILE", "TABLE"]),
)


def of(log, aurora=False, **values):
    return {s.parameter: s.certain for s in silences(log, values, aurora=aurora)}


CASES = [
    pytest.param(of("slowquery"), {"slow_query_log": True, "log_output": False}, id="nothing set"),
    pytest.param(
        of("slowquery", slow_query_log="on", log_output="file"), {}, id="in small letters"
    ),
    pytest.param(
        of("general", general_log="1", log_output="NONE"), {"log_output": True}, id="nowhere"
    ),
    pytest.param(
        of("general", general_log="maybe", log_output="FILE"),
        {"general_log": False},
        id="neither on nor off",
    ),
    pytest.param(
        of("general", aurora=True, general_log="1"), {}, id="Aurora writes files by itself"
    ),
    pytest.param(
        of("general", aurora=True, general_log="1", log_output="TABLE"),
        {"log_output": True},
        id="Aurora told otherwise",
    ),
    pytest.param(of("audit"), {}, id="RDS's audit log hangs on no parameter"),
    pytest.param(
        of("audit", aurora=True, server_audit_logging="1"),
        {"server_audit_events": True},
        id="no events",
    ),
    pytest.param(of("error"), {}, id="always on"),
    pytest.param(of("log of the future"), {}, id="not known"),
]


@pytest.mark.parametrize(("found", "expected"), CASES)
def test_silences_name_what_keeps_a_log_empty(found, expected):
    assert found == expected


@given(st.sampled_from(["general", "slowquery", "audit", "error"]), VALUES, st.booleans())
def test_any_value_is_read(log, values, aurora):
    for silence in silences(log, values, aurora=aurora):
        assert silence.found == values.get(silence.parameter)


@pytest.mark.parametrize(
    ("role", "upload", "answer"),
    [
        pytest.param("arn:aws:iam::1:role/x", "1", Answer.YES, id="on, with a role"),
        pytest.param("", "1", Answer.NO, id="on, without a role"),
        pytest.param("arn:aws:iam::1:role/x", None, Answer.NO, id="off"),
        pytest.param("arn:aws:iam::1:role/x", "?", Answer.CANNOT_TELL, id="neither"),
    ],
)
def test_aurora_ships_its_audit_log_by_a_role(role, upload, answer):
    values = {
        "aws_default_logs_role": role,
        "server_audit_logging": "1",
        "server_audit_logs_upload": upload,
    }
    assert aurora_ships_audit(values) is answer
