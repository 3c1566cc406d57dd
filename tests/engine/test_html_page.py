"""The page to hand on: whole, well-formed, and nothing of an account runs or misleads in it."""

import base64
import re
import sys
import unicodedata
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from io import StringIO

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.answer import Why
from auditor.cli import main as cli
from auditor.demo.hostile import HOSTILE
from auditor.finding import Evidence, Waiver
from auditor.over_time.lifecycle import Past, follow, past_of
from auditor.probe import Severity, Verdict
from auditor.report import Error, NotOffered, RefusalSeen, Shown, Skipped
from auditor.reports import FormatError, Show, format_named, html_page, html_text
from auditor.reports.escape import HIDDEN, terminal
from auditor.tickets.ticket import Rules
from auditor.waivers import WaiverUse
from tests.engine.nights import PROBE, Sight, night
from tests.engine.test_desk import finding
from tests.engine.test_tickets_words import hostile
from tests.kit import Refused

VOID = {"meta", "br", "hr", "img", "link", "input"}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "id", "href", "class", "scope", "aria-label"}  # fmt: skip
DAY = {"us-east-1": Sight({"a": "Enabled", "b": "Disabled"})}


class Page(HTMLParser):
    """A page that was read strictly: what is opened is closed, in its order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.words, self.headings = [], [], [], []
        self.tables = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append(["", 0])
        if tag == "tr" and "tbody" in self.open:
            self.tables[-1][1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)
        if self.open[-1:] == ["caption"]:
            self.tables[-1][0] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def rows(self, caption):
        """How many rows the tables with such a caption have."""
        return sum(rows for said, rows in self.tables if said.endswith(caption))

    def values(self, name):
        return [attrs[name] for _, attrs in self.tags if name in attrs]


def written(report, show=None):
    stream = StringIO()
    format_named("html").write(report, stream, show or Show())
    return stream.getvalue()


def page(report, show=None):
    return Page(written(report, show))


def reported(*findings, **more):
    return replace(night(0, DAY), findings=list(findings), **more)


def full_of(text):
    """A report with the text wherever an account can put one."""
    one = hostile(text)
    refusal = RefusalSeen(
        text, text, "kms:ListKeys", Why.DENIED, text, text, text, ("kms:ListKeys",), (), ""
    )
    skipped = Skipped(text, text, text, text)
    report = continued()
    report.findings = [
        one,
        *[replace(one, severity=Severity.LOW)] * 20,
        replace(one, verdict=Verdict.UNKNOWN),
    ]
    report.findings.append(replace(one, waiver=Waiver(text, text, text)))
    report.errors = [Error(text, text)]
    report.waivers = [WaiverUse(text, text, text, text, text, "unused", 0, 1)]
    report.resolved = [replace(gone, finding=one) for gone in report.resolved]
    report.unverified = [replace(left, finding=one, why=text) for left in report.unverified]
    coverage = report.coverage
    coverage.refusals, coverage.notes = [refusal], [text]
    coverage.vanished = coverage.regions_skipped = coverage.accounts_skipped = [skipped]
    coverage.not_offered = [NotOffered("kms:ListKeys", (text,))]
    report.scope.accounts = [text]
    return report


def continued():
    """The second night: one key is mended, one is new, one could not be looked at."""
    first = night(0, {"us-east-1": Sight({"a": "Disabled", "b": "Disabled"})})
    second = night(1, {"us-east-1": Sight({"a": "Enabled", "b": Refused(), "c": "Disabled"})})
    return follow(second, past_of([follow(first, Past())]))


class TestWhatStandsInIt:
    def test_it_says_what_was_audited_and_what_came_of_it(self):
        text = page(night(0, DAY)).text
        for said in ("123456789012", "us-east-1", "UTC", "as shipped", "aws-live-auditor"):
            assert said in text
        assert "2 findings in all, 0 waived" in text

    def test_a_violation_is_told_with_what_was_expected_and_found_and_its_fix(self):
        text = page(reported(hostile("x")), Show(rules=Rules.of(Rules().settings, [PROBE]))).text
        assert "Keys are fit" in text
        assert "Expected" in text
        assert "Mend it." in text
        assert "aws kms x x" in text
        assert "likely change: x by x" in text
        assert "Evidence: 20 answers" in text

    def test_a_probe_says_why_it_matters(self):
        known = Rules.of(Rules().settings, [PROBE])
        report = night(0, DAY)
        assert PROBE.why in page(report, Show(rules=known)).text
        assert PROBE.why not in page(report).text

    def test_passes_are_counted_and_not_listed(self):
        report = night(0, {"us-east-1": Sight({"sound": "Enabled", "broken": "Disabled"})})
        assert "sound" not in page(report).text
        assert "broken" in page(report).text

    def test_the_worst_comes_first(self):
        low = finding("one", severity=Severity.LOW, probe="a.a", title="Low")
        high = finding("two", probe="z.z", title="High")
        text = page(reported(low, high)).text
        assert text.index("z.z") < text.index("a.a")

    def test_what_changed_is_told_where_an_earlier_run_is_known(self):
        text = page(continued()).text
        assert "Since the run of" in text
        assert "Resolved" in text
        assert "What changed" not in page(night(0, DAY)).text

    def test_what_aws_would_not_say_stands_with_the_statement_that_would_help(self):
        text = page(full_of("x")).text
        assert "kms:ListKeys" in text
        assert '"Effect": "Allow"' in text

    def test_what_was_not_seen_whole_says_so_at_the_top(self):
        text = page(night(0, {"us-east-1": Sight(refused=True)})).text
        assert "Not everything could be seen." in text.partition("What needs attention Nothing")[0]

    def test_what_was_narrowed_says_so(self):
        text = page(reported(finding(), shown=Shown((), "high"))).text
        assert "below stand only 1 finding of it (--severity high)" in text

    def test_many_findings_of_one_probe_are_rows_and_then_a_number(self):
        text = page(reported(*(finding(f"key-{n}") for n in range(1000)))).text
        shown = sum(f"key-{n} " in text for n in range(1000))
        assert shown == html_page.MOST_IN_FULL + html_page.MOST_ROWS
        assert f"And {1000 - shown} more" in text

    def test_what_was_not_found_is_nothing_and_not_left_out(self):
        assert "Expected on Found nothing" in page(reported(finding(found=None))).text

    def test_a_long_list_is_cut_and_says_by_how_much(self):
        assert "and 70 more" in page(reported(finding(found=["x" * 50] * 100))).text

    def test_half_a_command_is_not_shown(self):
        long = "x" * html_text.LONGEST_COMMAND
        assert html_text.NO_ROOM in page(reported(hostile(long))).text


class TestItsForm:
    @pytest.fixture
    def read(self):
        return page(full_of("x"))

    def test_headings_follow_one_another(self, read):
        assert read.headings[0] == 1
        assert read.headings.count(1) == 1
        steps = zip(read.headings, read.headings[1:], strict=False)
        assert all(later <= before + 1 for before, later in steps)

    def test_every_link_leads_to_a_place_in_it(self, read):
        ids = read.values("id")
        assert len(ids) == len(set(ids))
        assert {link.removeprefix("#") for link in read.values("href")} <= set(ids)

    def test_tables_have_captions_and_headers_that_say_what_they_head(self, read):
        tags = [tag for tag, _ in read.tags]
        assert tags.count("caption") == tags.count("table") == tags.count("thead") > 5
        assert all("scope" in attrs for tag, attrs in read.tags if tag == "th")

    def test_it_has_a_language_and_a_title(self, read):
        assert read.tags[0] == ("html", {"lang": "en"})
        assert "title" in [tag for tag, _ in read.tags]

    def test_its_policy_allows_its_own_style_and_nothing_else(self):
        text = written(night(0, DAY))
        (policy,) = [
            attrs["content"] for tag, attrs in Page(text).tags if "http-equiv" in attrs
        ]  # fmt: skip
        css = text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(sha256(css.encode()).digest()).decode()
        assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
        assert "url(" not in css
        assert "@import" not in css

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_its_colours_are_told_apart_by_everybody(self, scheme):
        """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
        light, dark = re.findall(r":root \{(.*?)\}", html_page.style(), re.DOTALL)
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", light if scheme == "light" else dark))
        grounds = ("page", "soft", "alarm")
        pairs = [(ink, ground) for ink in ("text", "link", "muted") for ground in grounds]
        badges = ("critical", "high", "medium", "low", "informational")
        pairs += [("on-badge", badge) for badge in badges]
        poor = [pair for pair in pairs if contrast(*(colours[one] for one in pair)) < 4.5]
        assert poor == []


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour):
    """WCAG 2.2, "relative luminance"."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


class TestHostileText:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_it_stays_text(self, text):
        made = written(full_of(text))
        read = Page(made)
        assert " ".join(terminal(text).split())[:70] in read.text
        assert attributes(read) == attributes(page(full_of("x")))
        assert "<script" not in made
        assert {c for c in made if unicodedata.category(c) in HIDDEN} == {"\n"}

    @settings(deadline=None, max_examples=40)
    @given(st.text(min_size=1, max_size=60))
    def test_no_tag_and_no_attribute_is_made_of_any_text(self, text):
        read = page(full_of(text))
        assert attributes(read) == attributes(page(full_of("x")))

    def test_no_attribute_does_anything(self):
        names = {name for _, attrs in page(full_of("x")).tags for name in attrs}
        assert names <= ATTRIBUTES
        tags = {tag for tag, _ in page(full_of("x")).tags}
        assert not tags & {"script", "iframe", "object", "embed", "form", "link", "img", "base", "svg"}  # fmt: skip

    def test_backticks_of_a_probe_are_code_and_those_that_do_not_pair_are_not(self):
        assert html_text.prose("use `a<b` here") == "use <code>a&lt;b</code> here"
        assert html_text.prose("use ` here") == "use ` here"


def attributes(read):
    """All that is in attributes, but where a value is told in the line or as a block."""
    return {
        (tag, *sorted(attrs.items()))
        for tag, attrs in read.tags
        if tag not in ("ul", "li", "code", "pre")
    }


def test_five_thousand_findings_make_a_page_that_opens():
    evidence = tuple(Evidence("kms:DescribeKey", "p", "s", {"k": "v" * 3000}) for _ in range(5))
    many = [
        finding(
            f"{'n' * 60}-{n}", probe=f"engine.probe_{n % 100}", evidence=evidence, found="y" * 900
        )
        for n in range(5000)
    ]
    assert len(written(reported(*many)).encode()) < 10_000_000


class TestTheCommand:
    @pytest.fixture
    def auditor(self, monkeypatch, tmp_path, capsys):
        monkeypatch.chdir(tmp_path)

        def run(*arguments):
            chosen = ("--probe", "encryption.key_rotation", "--region", "us-east-1", "--quiet")
            monkeypatch.setattr(sys, "argv", ["auditor", "scan", *chosen, *arguments])
            with pytest.raises(SystemExit) as ended:
                cli.run()
            return ended.value.code, capsys.readouterr()

        return run

    def test_several_formats_come_of_one_scan(self, auditor, aws, tmp_path):
        key = boto3.client("kms", "us-east-1").create_key()["KeyMetadata"]["KeyId"]
        code, said = auditor(
            *("--format", "html", "--output", "report.html"),
            *("--format", "csv", "--output", "findings.csv"),
        )
        assert (code, said.out) == (1, "")
        text = Page((tmp_path / "report.html").read_text()).text
        assert key in text
        assert "Why it matters: Key material that never changes" in text
        assert key in (tmp_path / "findings.csv").read_text()

    def test_without_its_extra_it_is_one_sentence_before_aws_is_asked(self, auditor, monkeypatch):
        """There are no credentials here: whoever asked AWS would fail for that."""
        monkeypatch.delitem(sys.modules, "auditor.reports.html_page")
        monkeypatch.setitem(sys.modules, "jinja2", None)
        code, said = auditor("--format", "html", "--output", "report.html")
        assert (code, said.out) == (2, "")
        assert said.err == "Error: the format html needs the extra `html` (jinja2)\n"

    def test_another_missing_module_is_a_fault_of_the_tool(self, monkeypatch):
        monkeypatch.delitem(sys.modules, "auditor.reports.html_page")
        monkeypatch.setitem(sys.modules, "markupsafe", None)
        with pytest.raises(ModuleNotFoundError) as raised:
            format_named("html")
        assert not isinstance(raised.value, FormatError)
