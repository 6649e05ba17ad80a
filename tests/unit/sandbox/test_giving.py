"""Whose turn it is, and when an answer fails. What goes over the wire is tried in test_server.py."""

from random import Random

import pytest

from proxy.sandbox.behaviour import Behaviour
from proxy.sandbox.giving import Giver, as_json


def test_several_lies_take_turns_and_without_one_it_is_the_truth():
    giver = Giver(Random(7))
    lies = Behaviour(lies=("html", "truth", "401"))
    assert [giver.lie(lies) for _ in range(4)] == ["html", "truth", "401", "html"]
    assert giver.lie(Behaviour()) == "truth"


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
async def test_as_many_answers_fail_as_was_told(rate):
    giver = Giver(Random(7))
    failed = [await giver.hesitate(Behaviour(fail_rate=rate)) is not None for _ in range(400)]
    assert abs(sum(failed) / 400 - rate) < 0.1


def test_an_answer_of_the_back_door_ends_with_a_line_break_for_whoever_reads_it_in_a_terminal():
    assert as_json({"a": 1}, 400).body == b'{"a":1}\n'
