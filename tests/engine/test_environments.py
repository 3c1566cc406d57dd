"""Whose environment decides what is expected of a subject."""

from dataclasses import replace

import pytest

from auditor.judge import judge
from auditor.probe import note
from auditor.query import Query
from auditor.settings import Settings, setting
from tests.engine.wire import SECRETS, Metadata, probe_of
from tests.kit import ACCOUNT, Refused, baseline_of, inventory_of


class TestEnvironments:
    class Uniform(Settings):
        days: int = setting(7, "Days.")

    class Differing(Settings):
        days: int = setting(7, "Days.", ephemeral=1)

    def judged(self, tags, settings=Differing, accounts=None):
        def say(_, facts, expected):
            yield note(f"{facts.environment}: {expected.days}")

        probe = probe_of(say, subject=SECRETS, settings=settings)
        baseline = baseline_of(probe)
        if accounts:
            environments = baseline.content.environments.model_copy(update={"accounts": accounts})
            baseline.content = baseline.content.model_copy(update={"environments": environments})
        inventory = inventory_of((SECRETS,), {SECRETS: [{"Name": "s", "Tags": tags}]})
        (finding,) = judge(inventory, [probe], baseline).findings
        return finding

    @pytest.mark.parametrize(
        ("tags", "accounts", "says"),
        [
            ([{"Key": "Environment", "Value": " Sandbox-7 "}], None, "ephemeral: 1"),
            ([{"Key": "env", "Value": "PROD"}], {ACCOUNT: "ephemeral"}, "production: 7"),
            ([{"Key": "env", "Value": "moon"}], {ACCOUNT: "ephemeral"}, "ephemeral: 1"),
            ([], {ACCOUNT: "staging"}, "staging: 7"),
            ([], None, "production: 7"),
        ],
        ids=["tag", "tag before account", "odd tag", "account", "default"],
    )
    def test_are_known_by_tag_else_by_account_else_by_default(self, tags, accounts, says):
        finding = self.judged(tags, accounts=accounts)
        assert (finding.note, finding.environment) == (says, says.partition(":")[0])

    def test_that_cannot_be_known_make_unknown_where_they_differ(self):
        finding = self.judged(["odd"], self.Differing)
        assert (finding.verdict, finding.environment) == ("unknown", "unknown")

    def test_a_subject_without_tags_takes_those_of_its_parent(self):
        inner = Query(
            "x:ListVersions", Metadata, each="V", key="KeyState", of=SECRETS, given={"a": "Name"}
        )
        probe = probe_of(lambda _, facts, __: iter([note(facts.environment)]), subject=inner)
        tags = [{"Key": "Stage", "Value": "uat"}]
        answers = {SECRETS: [{"Name": "s", "Tags": tags}], inner: {"s": [{"KeyState": "v"}]}}
        result = judge(inventory_of((SECRETS, inner), answers), [probe], baseline_of(probe))
        assert result.findings[0].environment == "staging"

    def test_that_cannot_be_known_do_no_harm_where_all_expect_the_same(self):
        tagged = replace(SECRETS, tags=lambda: by_item)
        by_item = Query("x:ListTags", Metadata, tags="Tags", of=tagged)
        probe = probe_of(lambda *_: iter(()), subject=tagged, settings=self.Uniform)
        answers = {tagged: [{"Name": "s"}], by_item: {"s": Refused()}}
        result = judge(inventory_of((tagged, by_item), answers), [probe], baseline_of(probe))
        assert [(f.verdict, f.environment) for f in result.findings] == [("pass", "production")]
        assert result.findings[0].resource.tags is None
