import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.watching import (
    STATISTICS,
    Line,
    Match,
    View,
    Wanted,
    best,
    keys_of,
    match,
    place,
)

ACCOUNT = "123456789012"
GROUP, BALANCER = "targetgroup/web/73e2d6bc24d8a067", "app/web/50dc6c495c0c9188"
BOTH = {"TargetGroup": GROUP, "LoadBalancer": BALANCER}
ELB, NAME = "AWS/ApplicationELB", "UnHealthyHostCount"
SICK = Wanted(ELB, NAME, BOTH, 1)
BUSY = Wanted(ELB, NAME, BOTH, 1, continuous=True)
WELL = Wanted(ELB, "HealthyHostCount", BOTH, falling=True)
ERRORS = Wanted(
    "AWS/Lambda", "Errors", {"FunctionName": "orders"}, 1, statistics=frozenset({"Sum"})
)
AT_LEAST = "GreaterThanOrEqualToThreshold"


def line(dimensions=BOTH, name=NAME, namespace=ELB, statistic="Maximum", account=""):
    return Line(namespace, name, tuple(sorted(dimensions.items())), statistic, account)


def plain(comparison=AT_LEAST, threshold=1.0, **more):
    own = line(**more)
    return View((own,), compared=own, comparison=comparison, threshold=threshold)


PLACES = [
    pytest.param(BOTH, Match.EXACT, id="the same"),
    pytest.param({}, Match.WHOLE, id="none"),
    pytest.param({"LoadBalancer": BALANCER}, Match.WHOLE, id="fewer"),
    pytest.param({**BOTH, "AvailabilityZone": "us-east-1a"}, Match.PART, id="more"),
    pytest.param(
        {"TargetGroup": GROUP, "AvailabilityZone": "a"}, Match.MISNAMED, id="more and fewer"
    ),
    pytest.param({**BOTH, "TargetGroup": "targetgroup/web/1"}, Match.REMADE, id="an older id"),
    pytest.param({**BOTH, "TargetGroup": "targetgroup/api/1"}, Match.NONE, id="another one"),
    pytest.param({**BOTH, "TargetGroup": "web"}, Match.MISNAMED, id="a name"),
    pytest.param(
        {**BOTH, "TargetGroup": f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:{GROUP}"},
        Match.MISNAMED,
        id="an ARN",
    ),
    pytest.param(
        {"TargetGroup": "targetgroup/web/1", "LoadBalancer": "web"},
        Match.MISNAMED,
        id="an older id and a name",
    ),
    pytest.param(
        {"TargetGroup": "targetgroup/web/1", "LoadBalancer": "app/api/1"},
        Match.NONE,
        id="an older id behind another load balancer",
    ),
]


@pytest.mark.parametrize(("dimensions", "found"), PLACES)
def test_how_dimensions_lie_to_those_that_are_wanted(dimensions, found):
    assert place(dimensions, BOTH) is found


TIMES = [
    pytest.param(plain(), SICK, Match.EXACT, id="at the limit"),
    pytest.param(plain("GreaterThanThreshold", 0.0), SICK, Match.EXACT, id="above zero"),
    pytest.param(plain("GreaterThanThreshold", 1.0), SICK, Match.UNTIMELY, id="silent at one"),
    pytest.param(plain("GreaterThanThreshold", 1.0), BUSY, Match.EXACT, id="above a percentage"),
    pytest.param(plain("GreaterThanThreshold", 1.5), BUSY, Match.UNTIMELY, id="above a higher one"),
    pytest.param(plain(threshold=0.0), SICK, Match.UNTIMELY, id="always"),
    pytest.param(plain("GreaterThanThreshold", -1.0), SICK, Match.UNTIMELY, id="always, too"),
    pytest.param(plain(threshold=5.0), SICK, Match.UNTIMELY, id="too late"),
    pytest.param(plain("LessThanThreshold"), SICK, Match.UNTIMELY, id="the wrong way"),
    pytest.param(plain("GreaterThanUpperThreshold", None), SICK, Match.EXACT, id="above a band"),
    pytest.param(
        plain("LessThanLowerOrGreaterThanUpperThreshold", None),
        SICK,
        Match.EXACT,
        id="outside a band",
    ),
    pytest.param(plain("LessThanLowerThreshold", None), SICK, Match.UNTIMELY, id="below a band"),
    pytest.param(plain("Sideways"), SICK, Match.CANNOT_TELL, id="a comparison of the future"),
    pytest.param(plain(threshold=None), SICK, Match.CANNOT_TELL, id="no threshold"),
    pytest.param(plain(statistic="SampleCount"), SICK, Match.UNTIMELY, id="counting samples"),
    pytest.param(plain(statistic="p90"), SICK, Match.EXACT, id="a percentile"),
    pytest.param(
        plain("LessThanThreshold", 1.0, name="HealthyHostCount"), WELL, Match.EXACT, id="below one"
    ),
    pytest.param(
        plain("LessThanOrEqualToThreshold", 0.0, name="HealthyHostCount"),
        WELL,
        Match.EXACT,
        id="down to zero",
    ),
    pytest.param(
        plain("LessThanThreshold", 0.0, name="HealthyHostCount"), WELL, Match.UNTIMELY, id="never"
    ),
    pytest.param(plain(name="HealthyHostCount"), WELL, Match.UNTIMELY, id="when all is well"),
    pytest.param(
        plain(dimensions={"FunctionName": "orders"}, name="Errors", namespace="AWS/Lambda"),
        ERRORS,
        Match.UNTIMELY,
        id="a statistic that says nothing",
    ),
]


@pytest.mark.parametrize(("view", "wanted", "found"), TIMES)
def test_whether_it_goes_off_in_time(view, wanted, found):
    assert match(view, wanted, ACCOUNT) is found


def query(text):
    return View(expressions=(text,), comparison=AT_LEAST, threshold=1.0)


SEEN = [
    pytest.param(View(), Match.NONE, id="nothing"),
    pytest.param(plain(name="HealthyHostCount"), Match.NONE, id="another metric"),
    pytest.param(plain(namespace="AWS/NetworkELB"), Match.NONE, id="another namespace"),
    pytest.param(plain(account=ACCOUNT), Match.EXACT, id="this account by its number"),
    pytest.param(plain(account="999999999999"), Match.NONE, id="a metric of another account"),
    pytest.param(
        View((line(), line(name="HealthyHostCount")), ("m1/(m1+m2)*100",), threshold=50.0),
        Match.EXACT,
        id="inside an expression, whatever the threshold",
    ),
    pytest.param(
        query(f'SELECT MAX({NAME}) FROM SCHEMA("{ELB}", TargetGroup, LoadBalancer)'),
        Match.EXACT,
        id="the worst of all",
    ),
    pytest.param(
        query(f'SELECT AVG({NAME}) FROM "{ELB}" GROUP BY TargetGroup, LoadBalancer'),
        Match.EXACT,
        id="the average of each",
    ),
    pytest.param(
        query(f'SELECT AVG({NAME}) FROM "{ELB}"'), Match.WHOLE, id="the average of all together"
    ),
    pytest.param(
        query(f"SELECT MAX({NAME}) FROM \"{ELB}\" WHERE LoadBalancer = 'app/api/1'"),
        Match.NONE,
        id="a query of another load balancer",
    ),
    pytest.param(
        query(f"SELECT MAX({NAME}) FROM \"{ELB}\" WHERE tag.team = 'web'"),
        Match.CANNOT_TELL,
        id="a query by tag",
    ),
    pytest.param(query(f'SELECT MAX(Errors) FROM "{ELB}"'), Match.NONE, id="another query"),
    pytest.param(query(f"SELECT BEST({NAME})"), Match.CANNOT_TELL, id="a query not understood"),
    pytest.param(query("SELECT BEST(Errors)"), Match.NONE, id="another query not understood"),
    pytest.param(
        query(f"SUM(SEARCH('{{{ELB},TargetGroup}} {NAME}', 'Maximum'))"),
        Match.CANNOT_TELL,
        id="a search",
    ),
    pytest.param(query("SUM(SEARCH('Errors', 'Sum'))"), Match.NONE, id="another search"),
    pytest.param(View(prom_ql=f"max({NAME}) > 0"), Match.CANNOT_TELL, id="PromQL that names it"),
    pytest.param(View(prom_ql='{__name__=~"Un.*"}'), Match.CANNOT_TELL, id="PromQL by pattern"),
    pytest.param(View(prom_ql="up == 0"), Match.NONE, id="other PromQL"),
    pytest.param(View(opaque=True), Match.CANNOT_TELL, id="what came later"),
]


@pytest.mark.parametrize(("view", "found"), SEEN)
def test_what_an_alarm_sees(view, found):
    assert match(view, SICK, ACCOUNT) is found


@pytest.mark.parametrize(("view", "found"), SEEN)
def test_what_is_seen_is_found_by_the_index(view, found):
    if found is not Match.NONE:
        assert set(SICK.keys) & set(keys_of(view))


@pytest.mark.parametrize(("dimensions", "found"), PLACES)
def test_what_lies_near_is_found_by_the_index(dimensions, found):
    if found is not Match.NONE:
        assert set(SICK.keys) & set(keys_of(plain(dimensions=dimensions)))


def test_an_alarm_on_another_resource_is_not_looked_at():
    other = {"TargetGroup": "targetgroup/api/1", "LoadBalancer": "app/api/1"}
    assert not set(SICK.keys) & set(keys_of(plain(dimensions=other)))


def test_an_alarm_that_sees_more_counts_in_time_only_where_that_is_accepted():
    counts = Wanted(ELB, NAME, BOTH, 1, accepted=frozenset({Match.EXACT, Match.WHOLE}))
    late = plain(threshold=100.0, dimensions={})
    assert match(late, SICK, ACCOUNT) is Match.WHOLE
    assert match(late, counts, ACCOUNT) is Match.UNTIMELY


def test_nothing_is_best_where_there_is_nothing():
    assert best([]) is Match.NONE


@given(
    st.floats(allow_nan=False),
    st.sampled_from([AT_LEAST, "GreaterThanThreshold"]),
    st.sampled_from(sorted(STATISTICS)),
)
def test_an_alarm_in_time_is_off_at_zero_and_on_at_the_limit(threshold, comparison, statistic):
    found = match(plain(comparison, threshold, statistic=statistic), SICK, ACCOUNT)
    on = (lambda v: v >= threshold) if comparison == AT_LEAST else (lambda v: v > threshold)
    assert (found is Match.EXACT) is (statistic in SICK.statistics and not on(0) and on(1))


@given(st.text(max_size=100))
def test_no_expression_breaks_it(text):
    view = View(expressions=(text,), prom_ql=text)
    match(view, SICK, ACCOUNT)
    keys_of(view)
