"""Probes are found by walking packages; nothing registers itself."""

import importlib
import sys

import pytest

from auditor import catalogue
from auditor.catalogue import CatalogueError, known_queries, load, needed, select
from auditor.probe import Severity
from auditor.query import Query
from tests.engine.wire import KEY, KEYS, Key, probe_of

PROBE = '''
"""{claim}.

Why it matters,
in two lines.

Fix: mend it.
"""
from auditor.probe import ACCOUNT, Probe, Severity
from auditor.probe import any_of

class {name}(Probe):
    subject = ACCOUNT
    severity = Severity.LOW
'''


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Packages of probes in a folder of their own; the shipped one is hidden meanwhile."""
    shipped = {
        name: module for name, module in sys.modules.items() if name.split(".")[0] == "probes"
    }
    for name in shipped:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)

    def write(files):
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            for folder in [p for p in file.parents if tmp_path in p.parents]:
                (folder / "__init__.py").touch()
            file.write_text(text)
        importlib.invalidate_caches()

    write({"probes/__init__.py": ""})
    yield write
    for name in [name for name in sys.modules if name.split(".")[0] in {"probes", "mine", "loose"}]:
        del sys.modules[name]
    sys.modules.update(shipped)


def test_every_probe_is_found_by_its_path(packages):
    packages(
        {
            "probes/zoo/tiger.py": PROBE.format(claim="Tigers are fed", name="Tiger"),
            "probes/access/lock.py": PROBE.format(claim="Locks are locked", name="Lock"),
            "probes/aws/kms.py": PROBE.format(claim="No probe", name="Hidden"),
            "probes/analysis/policy.py": "raise RuntimeError('no probes here')",
            "probes/access/_shared.py": "from auditor.probe import Probe",
            "probes/references.py": "REFERENCES = {'zoo.tiger': ('CIS 1.1',)}",
        }
    )
    lock, tiger = load()
    assert (lock.id, tiger.id) == ("access.lock", "zoo.tiger")
    assert (lock.references, tiger.references) == ((), ("CIS 1.1",))
    assert (tiger.title, tiger.why, tiger.fix) == (
        "Tigers are fed",
        "Why it matters, in two lines.",
        "mend it.",
    )
    assert (tiger.subjects, tiger.first_id, tiger.severity) == ((), "zoo.tiger", Severity.LOW)


def test_a_user_may_bring_packages_of_probes(packages):
    packages({"mine/zoo/lion.py": PROBE.format(claim="Lions too", name="Lion")})
    assert [probe.id for probe in load(["mine"])] == ["zoo.lion"]


@pytest.mark.parametrize(
    ("files", "name", "says"),
    [
        ({}, "nowhere", "'nowhere' cannot be imported: No module named 'nowhere'"),
        ({}, "", "'' cannot be imported: Empty module name"),
        ({}, ".x", "'.x' cannot be imported: the 'package' argument is required"),
        ({"loose.py": ""}, "loose", "'loose' is a module, not a package of probes"),
        ({"mine/__init__.py": "x ="}, "mine", "cannot be imported: invalid syntax"),
        ({"mine/__init__.py": "", "mine/zoo/a.py": "x ="}, "mine", "cannot be imported: invalid syntax"),
        ({"mine/__init__.py": "", "mine/zoo/a.py": "import nothing_such"}, "mine", "cannot be imported: No module named"),
    ],
)  # fmt: skip
def test_a_package_that_cannot_be_used_is_told_in_one_sentence(packages, files, name, says):
    packages(files)
    with pytest.raises(CatalogueError) as raised:
        load([name])
    assert says in str(raised.value)


def test_two_probes_may_not_share_a_name(packages):
    tiger = PROBE.format(claim="Tigers are fed", name="Tiger")
    packages({"probes/zoo/tiger.py": tiger, "mine/zoo/tiger.py": tiger})
    with pytest.raises(CatalogueError, match=r"mine holds a second probe named zoo\.tiger"):
        load(["mine"])


def test_a_part_without_its_judgement_is_told_before_anything_is_asked(packages):
    text = PROBE.format(claim="Tigers are fed", name="Tiger") + "    parts = ('claws',)\n"
    packages({"probes/zoo/tiger.py": text})
    with pytest.raises(CatalogueError, match=r"zoo\.tiger has a part 'claws' and no judge_claws"):
        load()


PROBES = (
    probe_of(None, id="access.lock", subject=KEYS),
    probe_of(None, id="zoo.tiger", subject=(KEYS, KEY), severity=Severity.HIGH),
)


def test_probes_are_chosen_by_patterns():
    assert select(PROBES, []) == PROBES
    assert [p.id for p in select(PROBES, ["zoo.*"])] == ["zoo.tiger"]
    assert [p.id for p in select(PROBES, ["zoo.*", "*.lock"])] == ["access.lock", "zoo.tiger"]
    with pytest.raises(
        CatalogueError, match=r"no probe is named 'whale'; `auditor probes` lists them"
    ):
        select(PROBES, ["zoo.*", "whale"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("tiger", r"no probe is named 'tiger'; did you mean 'zoo\.tiger'\?$"),
        ("zoo.tigre", r"; did you mean 'zoo\.tiger'\?$"),
        ("zoo.tiger,access.lock", r"; name one at a time$"),
    ],
)
def test_what_was_perhaps_meant_is_said(wrong, said):
    with pytest.raises(CatalogueError, match=said):
        select(PROBES, [wrong])


def test_what_probes_need_is_each_query_once_and_parents_first():
    assert needed(PROBES) == (KEYS, KEY)
    assert known_queries(PROBES) == {KEYS.id: KEYS, KEY.id: KEY}


def test_two_queries_may_not_share_an_id():
    again = probe_of(None, subject=Query("kms:ListKeys", Key, each="Keys"))
    with pytest.raises(
        CatalogueError, match="two queries are named kms:ListKeys: give one a label"
    ):
        known_queries([*PROBES, again])
    assert {"aws", "analysis", "references"} < set(catalogue.KNOWLEDGE)
