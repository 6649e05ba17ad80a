import json

from proxy.cli.explaining.pretty import pretty


def test_objects_stand_open_and_long_lists_are_shortened() -> None:
    read = {"auctions": [{"slots": 2, "ids": [f"p{n}" for n in range(20)], "empty": {}, "none": None}], "few": [1, 2]}
    assert list(pretty(read)) == [
        "{",
        '  "auctions": [',
        "    {",
        '      "slots": 2',
        '      "ids": ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", and 12 more]',
        '      "empty": {}',
        '      "none": null',
        "    }",
        "  ]",
        '  "few": [1, 2]',
        "}",
    ]


def test_what_is_no_object_is_one_line() -> None:
    assert [list(pretty(json.loads(text))) for text in ("null", '"ü"', "[]")] == [["null"], ['"ü"'], ["[]"]]
