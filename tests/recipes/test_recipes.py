"""What docs/ticketing.md tells people to run, against systems that behave as the real ones do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.baseline_file import Tickets
from auditor.over_time.shelf import Folder
from auditor.over_time.state import State
from auditor.tickets.desk import Desk
from auditor.tickets.event import line
from auditor.tickets.ticket import News, Rules
from tests.engine.nights import Sight, night
from tests.engine.test_desk import finding, told
from tests.engine.test_tickets_words import HOSTILE, hostile
from tests.kit import REGION
from tests.recipes.servers import TOKEN, GitHub, Jira, ServiceNow, Webhook

ROOT = Path(__file__).parent.parent.parent
RECIPES = ROOT / "docs" / "recipes" / "tickets"
BEARER, BASIC = f'header = "Authorization: Bearer {TOKEN}"', f'user = "me@example.com:{TOKEN}"'
SYSTEMS = {
    "github": (
        GitHub, BEARER, "GITHUB_CURL",
        {"GITHUB_REPOSITORY": "acme/audit", "GITHUB_API_URL": "{url}", "AUDIT_PAUSE": "0"},
    ),
    "jira": (Jira, BASIC, "JIRA_CURL", {"JIRA_URL": "{url}", "JIRA_PROJECT": "SEC"}),
    "servicenow": (ServiceNow, BASIC, "SERVICENOW_CURL", {"SERVICENOW_URL": "{url}"}),
    "webhook": (Webhook, BEARER, "WEBHOOK_CURL", {"WEBHOOK_URL": "{url}/hook"}),
}  # fmt: skip
SPY = """#!/bin/sh
printf '%s\\n' "$@" >> "{log}"
exec "{real}" "$@"
"""


def test_bash_curl_and_jq_are_here():
    missing = [tool for tool in ("bash", "curl", "jq") if not shutil.which(tool)]
    assert not missing, f"the recipes for tickets, and their tests, need {missing}: install them"


@pytest.fixture(params=SYSTEMS)
def recipe(request, tmp_path):
    """A recipe with its system: runs it over events, with a spy before curl and jq."""
    kind, secret, file, settings = SYSTEMS[request.param]
    config = tmp_path / "curl.conf"
    config.write_text(secret + "\n")
    spies, log = tmp_path / "bin", tmp_path / "arguments"
    spies.mkdir()
    log.touch()
    for tool in ("curl", "jq"):
        path = spies / tool
        path.write_text(SPY.format(log=log, real=shutil.which(tool)))
        path.chmod(0o755)
    with kind() as system:
        environment = {n: value.format(url=system.url) for n, value in settings.items()}
        path = f"{spies}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment |= {"PATH": path, file: str(config), "HOME": str(tmp_path)}
        yield Recipe(RECIPES / f"{request.param}.sh", system, environment, log)


class Recipe:
    def __init__(self, script, system, environment, log):
        self.script, self.system, self.environment, self.log = script, system, environment, log

    def __call__(self, events):
        """Run it: (status, ids delivered)."""
        done = subprocess.run(
            [self.script],
            input="".join(line(event) + "\n" for event in events),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if isinstance(self.system, Jira):
            self.system.indexed = len(self.system.tickets)
        self.stderr = done.stderr
        assert done.returncode or not done.stderr, done.stderr
        return done.returncode, done.stdout.split()

    def state(self):
        """Key -> whether it is open, for tickets of which there is one each."""
        assert all(len(several) == 1 for several in self.system.by_key().values())
        return {key: self.system.is_open(one[0]) for key, one in self.system.by_key().items()}

    def told(self):
        return {key: self.system.told(one[0]) for key, one in self.system.by_key().items()}


A, B, C = (finding(name, id=name * 32) for name in "abc")
NIGHTS = [
    [("opened", A), ("opened", B), ("waived", C)],
    [("changed", A), ("resolved", B)],
    [("unverified", A), ("reopened", B)],
    [("waived", A), ("waiver_expired", C)],
]


def events(nights=NIGHTS, **settings):
    at = Desk((), Rules(Tickets.model_validate(settings)))
    return [
        event
        for day, heard in enumerate(nights, 1)
        for event in at.hear(
            News(f"run {day}", datetime(2026, 11, day, tzinfo=UTC),
                 tuple(told(kind, one, "fixed" if kind == "resolved" else "") for kind, one in heard))
        )
    ]  # fmt: skip


EVENTS = events(
    labels=["from audit"], routing={"default": {"team": "Platform", "component": "keys"}}
)
END = {A.id: False, B.id: True, C.id: True}


def words(lines):
    return [re.sub(r"[*]", "", text).replace("_", " ") for text in lines]


def test_a_second_run_makes_no_duplicate_and_tells_nothing_twice(recipe):
    ids = [event.event_id for event in EVENTS]
    assert recipe(EVENTS) == (0, ids), recipe.stderr
    assert recipe.state() == END
    first = {key: words(lines) for key, lines in recipe.told().items()}
    assert first[A.id] == ["changed", "unverified", "waived"]
    assert first[B.id][0].startswith("resolved")
    assert recipe(EVENTS) == (0, ids)
    assert recipe.state() == END
    assert {key: words(lines) for key, lines in recipe.told().items()} == first


@pytest.mark.parametrize("after", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("at", [1, 3, 6])
def test_what_failed_halfway_is_made_good_by_the_next_run(recipe, at, after):
    recipe.system.fails_at, recipe.system.fails_after_it = at, after
    status, delivered = recipe(EVENTS)
    left = [event for event in EVENTS if event.event_id not in delivered]
    assert status != 0
    assert delivered == [event.event_id for event in EVENTS[: len(EVENTS) - len(left)]]
    assert recipe(left) == (0, [event.event_id for event in left])
    assert recipe.state() == END
    first = [words(lines) for lines in recipe.told().values()]
    assert all(len(set(lines)) == len(lines) for lines in first)


def test_each_run_by_itself_ends_the_same(recipe):
    for event in EVENTS:
        assert recipe([event]) == (0, [event.event_id])
    assert recipe.state() == END


def test_names_of_an_account_stay_text_and_reach_no_command_line(recipe):
    bad = [replace(hostile(f"HOSTILE {text}"), id=f"{n:032x}") for n, text in enumerate(HOSTILE)]
    told_ = events([[("opened", one) for one in bad], [("changed", one) for one in bad]])
    assert recipe(told_) == (0, [event.event_id for event in told_])
    assert recipe.state() == {one.id: True for one in bad}
    assert recipe(told_)[0] == 0
    assert recipe.state() == {one.id: True for one in bad}
    arguments = recipe.log.read_text()
    for part in ("HOSTILE", TOKEN, "onerror", "hacked"):
        assert part not in arguments


def test_a_wrong_token_delivers_nothing(recipe):
    recipe.system.authorization = "another"
    status, delivered = recipe(EVENTS)
    assert (status != 0, delivered, recipe.system.tickets) == (True, [], [])


def test_an_empty_run_asks_for_nothing_to_be_written(recipe):
    assert recipe([]) == (0, [])
    assert recipe.system.writes == 0


def test_the_words_of_the_baseline_and_the_due_day_stand_in_the_ticket(recipe):
    recipe(EVENTS[:1])
    (ticket,) = recipe.system.tickets
    if isinstance(recipe.system, Webhook):
        assert recipe.system.asked[0].body["routing"]["team"] == "Platform"
        return
    said = json.dumps(ticket)
    for part in ("team: Platform", "component: keys", "due: 2026-11-08", "Keys are fit: a"):
        assert part in said


@pytest.mark.parametrize("recipe", ["github"], indirect=True)
def test_github_issues_are_known_beyond_the_first_page_and_pulls_are_none(recipe):
    recipe.system.tickets += [
        {
            "number": n + 1,
            "labels": ["aws-audit"],
            "state": "open",
            "title": "",
            "comments": [],
            "body": f"x\n<!-- aws-audit {n:032x} {n:032x} -->",
        }
        for n in range(120)
    ]
    recipe.system.pulls = (
        {"number": 900, "labels": ["aws-audit"], "state": "open", "pull_request": {},
         "body": f"<!-- aws-audit {A.id} {'0' * 32} -->"},
    )  # fmt: skip
    first = finding("first", id=f"{0:032x}")
    assert recipe(events([[("opened", A), ("opened", first)]]))[0] == 0
    assert len(recipe.state()) == 121


@pytest.mark.parametrize("recipe", ["jira"], indirect=True)
def test_jira_gets_the_due_day_where_the_screens_have_it(recipe):
    recipe.environment["JIRA_DUE"] = "1"
    recipe(EVENTS[:1])
    assert recipe.system.tickets[0]["duedate"] == "2026-11-08"


@pytest.mark.parametrize("recipe", ["servicenow"], indirect=True)
def test_servicenow_leaves_closed_incidents_closed(recipe):
    recipe(events([[("opened", A)], [("resolved", A)]]))
    recipe.system.tickets[0]["state"] = "7"
    recipe(events([[("opened", A)], [("resolved", A)], [("reopened", A)]])[2:])
    assert [one["state"] for one in recipe.system.tickets] == ["7", "1"]


def test_the_whole_way_is_what_the_docs_show(recipe, tmp_path):
    shelf = Folder(tmp_path / "state", 3)
    State(shelf).advance(night(0, {REGION: Sight({"a": "Disabled", "b": "Disabled"})}))
    recipe.system.fails_at = 2
    assert deliver(recipe, tmp_path).returncode != 0
    done = deliver(recipe, tmp_path)
    assert (done.returncode, len(recipe.state())) == (0, 2), done.stderr
    assert "1 acknowledged, 0 unknown, 0 still waiting" in done.stderr
    writes = recipe.system.writes
    assert deliver(recipe, tmp_path).returncode == 0
    assert recipe.system.writes == writes


def deliver(recipe, folder):
    done = subprocess.run(
        [RECIPES / "deliver.sh", folder / "state", recipe.script],
        env=recipe.environment, capture_output=True, text=True, timeout=120, check=False, cwd=folder,
    )  # fmt: skip
    if isinstance(recipe.system, Jira):
        recipe.system.indexed = len(recipe.system.tickets)
    return done


def test_the_docs_name_every_recipe_and_show_the_one_that_delivers():
    page = (ROOT / "docs" / "ticketing.md").read_text()
    shown = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    assert (RECIPES / "deliver.sh").read_text() in shown
    for path in RECIPES.iterdir():
        assert f"(recipes/tickets/{path.name})" in page
        assert path.stat().st_mode & 0o111, f"{path} cannot be run"
    settings = {name for _, _, file, given in SYSTEMS.values() for name in (file, *given)}
    assert {name for name in settings if name not in page} == set()
