"""The scripts know what is written down in Python, and each other's keys alone."""

import re

from proxy.events.keeping.sqlite.standstill import FRESH
from proxy.events.keeping.streams import scripts
from proxy.events.keeping.streams.scripts import PUT, Script

ALL = [one for one in vars(scripts).values() if isinstance(one, Script)]


def test_numbers_that_a_person_may_look_up_stand_in_front():
    assert PUT.source.startswith(f"local FRESH = {FRESH:.0f}\nlocal KNOWN_FOR = 604800\n")


def test_all_keys_share_a_hash_tag_so_that_a_cluster_keeps_them_together():
    for script in ALL:
        assert set(re.findall(r"'([^']*):'", script.source)) <= {
            "{sponsored-proxy}",
            "waiting",
            "back",
            "due",
            "seen",
            "alive",
            "rate",
            "",
        }


def test_every_script_is_there_and_unlike_the_others():
    assert len({one.digest for one in ALL}) == len(ALL) == 15
