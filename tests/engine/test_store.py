"""An inventory as a file: whole, private, and never read as more than it holds."""

import json
import os
import stat
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor import store
from auditor.answer import Answer, Place, Tally
from auditor.judge import judge
from auditor.probe import gap, not_applicable
from auditor.store import StoreError, whole_file
from tests.engine.wire import (
    KEY,
    KEYS,
    ROTATION,
    SECRETS,
    arn,
    keys,
    probe_of,
)
from tests.kit import ACCOUNT, HERE, NOW, Absent, Gone, Refused, baseline_of, inventory_of, refusal

QUERIES = (KEYS, KEY, ROTATION, SECRETS)
KNOWN = {query.id: query for query in QUERIES}


def look(_, facts, expected):
    """Reads all that there is to read of a key."""
    if facts.its(KEY).key_state != "Enabled":
        yield gap("off", found=facts.its(KEY).key_state)
    if facts.found(ROTATION) is None:
        yield not_applicable("no rotation")
    if facts.named(SECRETS, "s") is None:
        yield gap("no secret", found=[secret.name for secret in facts.all(SECRETS)])


PROBE = probe_of(look, needs=(KEY, ROTATION, SECRETS))


def example(**answers):
    made = inventory_of(
        QUERIES,
        {
            KEYS: keys("a", "b")["Keys"],
            KEY: {arn("a"): {"KeyState": "Enabled"}, arn("b"): {"KeyState": "Disabled"}},
            ROTATION: {arn("a"): {"KeyRotationEnabled": True}, arn("b"): Absent()},
            SECRETS: [{"Name": "s", "Tags": [{"Key": "k", "Value": "v"}]}],
        }
        | {KNOWN[name]: value for name, value in answers.items()},
    )
    made.tallies[KEYS.id, HERE] = Tally(1, 2, 3, 4, 5)
    made.not_offered.add(("x:Y", HERE))
    made.skipped_regions[ACCOUNT, "af-south-1"] = "not enabled"
    made.unlisted.append(refusal(KEYS, HERE))
    made.notes.append("a note")
    return made


def judged(inventory):
    result = judge(inventory, [PROBE], baseline_of(PROBE))
    return [asdict(finding) for finding in result.findings], result.errors, result.gone


def stored(tmp_path, *inventories, known=KNOWN):
    path = tmp_path / "inventory.jsonl"
    store.write(inventories, QUERIES, path)
    return list(store.read(path, known))


def test_judging_a_file_is_judging_live(tmp_path):
    live = example()
    (read,) = stored(tmp_path, live)
    assert judged(read) == judged(live)
    for part in ("places", "times", "tallies", "skipped_regions", "unlisted", "notes"):
        assert getattr(read, part) == getattr(live, part)
    assert store.shape_digest(KEYS) != store.shape_digest(KEY)


def test_accounts_stay_apart(tmp_path):
    other = inventory_of(QUERIES, {})
    other.places = [Place("aws", "210987654321", "eu-west-1")]
    first, second = stored(tmp_path, example(), other)
    assert first.places == [HERE]
    assert second.places == other.places


ANSWERS = st.sampled_from(
    [
        {"KeyState": "Enabled"},
        {"KeyState": "Off"},
        {},
        Absent(),
        Gone(),
        Refused(),
        Refused(items=({"KeyState": "Enabled"},)),
    ]
)
NAMES = st.text(max_size=12) | st.sampled_from(
    ["s", "\x1b[31m", "a\nb", "x" * 5000, "\u2028", "#0", "7"]
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(NAMES, unique=True, max_size=4),
    states=st.lists(ANSWERS, min_size=4, max_size=4),
    rotations=st.lists(ANSWERS, min_size=4, max_size=4),
    secrets=st.lists(st.builds(lambda n: {"Name": n}, NAMES), max_size=3) | st.just(Refused()),
    broken=st.booleans(),
)  # fmt: skip
def test_whatever_was_collected_gives_the_same_findings_from_a_file(
    tmp_path, names, states, rotations, secrets, broken
):
    listed = [{"KeyArn": name, "KeyId": name} for name in names]
    live = example(**{
        KEYS.id: Refused(items=tuple(listed)) if broken else listed,
        KEY.id: dict(zip(names, states, strict=False)),
        ROTATION.id: dict(zip(names, rotations, strict=False)),
        SECRETS.id: secrets,
    })  # fmt: skip
    (read,) = stored(tmp_path, live)
    assert judged(read) == judged(live)


# -- the file itself ------------------------------------------------------------------------------


def test_only_its_owner_may_read_it(tmp_path):
    stored(tmp_path, example())
    assert stat.S_IMODE((tmp_path / "inventory.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o027, 0o640)])
def test_another_file_may_be_read_by_whom_the_umask_lets(tmp_path, umask, mode):
    file = tmp_path / "report.json"
    before = os.umask(umask)
    try:
        with whole_file(file) as stream:
            stream.write("new")
    finally:
        assert os.umask(before) == umask
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_file_that_is_written_again_keeps_its_mode(tmp_path):
    file = tmp_path / "report.json"
    file.write_text("old")
    file.chmod(0o604)
    with whole_file(file) as stream:
        stream.write("new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o604)


def test_what_breaks_midway_leaves_nothing_behind(tmp_path):
    def break_off():
        yield example()
        raise KeyboardInterrupt

    path = tmp_path / "inventory.jsonl"
    with pytest.raises(KeyboardInterrupt):
        store.write(break_off(), QUERIES, path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("an older one")
    with pytest.raises(KeyboardInterrupt):
        store.write(break_off(), QUERIES, path)
    assert path.read_text() == "an older one"


def lines_of(tmp_path):
    path = tmp_path / "inventory.jsonl"
    store.write([example()], QUERIES, path)
    return path, path.read_text().splitlines()


def complaint(path):
    with pytest.raises(StoreError) as raised:
        list(store.read(path, KNOWN))
    sentence = str(raised.value)
    assert sentence.startswith(str(path))
    assert "\n" not in sentence
    return sentence.removeprefix(str(path))


def test_a_file_that_was_cut_off_anywhere_is_refused(tmp_path):
    path, lines = lines_of(tmp_path)
    whole = path.read_text()
    for end in range(len(lines)):
        path.write_text("\n".join(lines[:end]) + "\n" * (end > 0))
        assert "cut off" in complaint(path)
    for end in range(7, len(whole) - 3, 97):
        path.write_text(whole[:end])
        complaint(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1: is not a line of an inventory (cut off, or another file)"),
        ("[1, 2]\n", ":1: is not a line of an inventory (cut off, or another file)"),
        ("[" * 100_000, ":1: is not a line of an inventory (cut off, or another file)"),
        ('{"kind": "report"}\n', ": is not an inventory of this tool"),
        ('{"kind": "auditor inventory", "format": 2}', ": has format 2; this version reads format 1"),
        ('{"kind": "auditor inventory", "format": 1, "queries": []}', ":1: this line is damaged"),
        ('{"kind": "auditor inventory", "format": 1, "queries": {}}\n{"kind": "asked", "query": "x"}', ":2: this line is damaged"),
        ('{"kind": "auditor inventory", "format": 1, "queries": {}}\nnonsense', ":2: is not a line of an inventory (cut off, or another file)"),
    ],
)  # fmt: skip
def test_another_file_is_refused_with_its_line(tmp_path, text, says):
    path = tmp_path / "other"
    path.write_text(text)
    assert complaint(path) == says


def test_what_is_no_file_or_no_text_is_refused(tmp_path):
    assert complaint(tmp_path / "nowhere") == ": No such file or directory"
    assert complaint(tmp_path) == ": Is a directory"
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert complaint(tmp_path / "binary") == ": is not text in UTF-8"


DAMAGE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_line_is_refused_or_means_the_same_kind_of_thing(tmp_path, data):
    path, lines = lines_of(tmp_path)
    number = data.draw(st.integers(0, len(lines) - 1))
    line = json.loads(lines[number])
    name = data.draw(st.sampled_from(sorted(line)))
    line[name] = data.draw(DAMAGE)
    lines[number] = json.dumps(line)
    path.write_text("\n".join(lines) + "\n")
    try:
        read = list(store.read(path, KNOWN))
    except StoreError:
        return
    for inventory in read:
        judged(inventory)


def test_times_keep_their_zone(tmp_path):
    made = example()
    made.times = {ACCOUNT: datetime(2026, 11, 21, 12, 30, 1, 5, tzinfo=UTC)}
    (read,) = stored(tmp_path, made)
    assert read.now(ACCOUNT) == made.now(ACCOUNT) != NOW
    made.times = {ACCOUNT: NOW.replace(tzinfo=None)}
    with pytest.raises(StoreError, match=":2: this line is damaged"):
        stored(tmp_path, made)


def test_an_inventory_without_anything_is_one_too(tmp_path):
    made = inventory_of((), {})
    made.places = []
    (read,) = stored(tmp_path, made)
    assert read.places == []
    assert Answer().complete
