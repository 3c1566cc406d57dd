"""Several accounts at once: bounded, in order, and none loses another's result."""

import threading
from dataclasses import replace
from functools import partial

import pytest

from auditor.crew import Together, in_order, until_left
from auditor.deadline import NEVER, Deadline, OutOfTime


def failing():
    raise ValueError("the third")


def test_results_come_in_the_order_of_asking_whoever_is_first():
    second_is_done = threading.Event()

    def first():
        assert second_is_done.wait(10)
        return "first"

    def second():
        second_is_done.set()
        return "second"

    assert list(in_order([first, second], 2)) == ["first", "second"]


@pytest.mark.parametrize("at_once", [1, 3, 20])
def test_no_more_are_drawn_than_there_is_room_for(at_once):
    drawn = []

    def works():
        for number in range(10):
            drawn.append(number)
            yield partial(int, number)

    for taken, number in enumerate(in_order(works(), at_once)):
        assert number == taken
        assert len(drawn) <= taken + 1 + at_once
    assert len(drawn) == 10


def test_what_comes_before_a_failure_is_not_lost():
    results = in_order([partial(int, 1), partial(int, 2), failing, partial(int, 4)], 4)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(results)


def test_nothing_is_asked_any_more_once_nobody_takes_the_results():
    with until_left(NEVER) as deadline:
        deadline.still_asking()
    with pytest.raises(OutOfTime):
        deadline.still_asking()
    with pytest.raises(OutOfTime):
        deadline.still_waiting()


def test_a_deadline_stays_what_it_was_until_then():
    now = 10.0
    given = replace(Deadline(at=12.0, grace=1.0), clock=lambda: now)
    with until_left(given) as deadline:
        deadline.still_asking()
        assert deadline.patience() == 3.0
        now = 12.5
        with pytest.raises(OutOfTime):
            deadline.still_asking()
        deadline.still_waiting()


def test_the_progress_of_all_is_one():
    told = []
    together = Together(lambda **numbers: told.append(tuple(numbers.values())))
    one, other = together.share(), together.share()
    one(done=1, planned=5, refused=0, retried=0)
    other(done=2, planned=3, refused=1, retried=0)
    one(done=5, planned=5, refused=0, retried=4)
    assert told == [(1, 5, 0, 0), (3, 8, 1, 0), (7, 8, 1, 4)]
