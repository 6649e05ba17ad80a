"""JSON as JavaScript writes it. The property tests ask a real JavaScript."""

import pytest

from proxy.events.taking.segment.javascript import rewritten


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.0", "1"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("100000000000000000000", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("9007199254740993", "9007199254740992"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("1.5e-9", "1.5e-9"),
        ("1e400", "null"),
        ("-1e400", "null"),
        ("5e-324", "5e-324"),
        ("1e-400", "0"),
        ("12.50", "12.5"),
        ("-1200.5", "-1200.5"),
        ("[null, true,false ]", "[null,true,false]"),
        ('"\\u0041\\/\\u2028\\u007f\\u0001\\b"', '"A/\u2028\x7f\\u0001\\b"'),
        ('"\\uD83D\\uDE00"', '"😀"'),
        ('"\\uD83D"', '"\\ud83d"'),
        ('"\\uDE00\\uD83D"', '"\\ude00\\ud83d"'),
        ('{"b":1,"a":2}', '{"b":1,"a":2}'),
        ('{"b":1,"2":2,"10":3,"1":4}', '{"1":4,"2":2,"10":3,"b":1}'),
        ('{"4294967295":1,"4294967294":2,"01":3,"-1":4}', '{"4294967294":2,"4294967295":1,"01":3,"-1":4}'),
        ('{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'),
        ('{"__proto__":1}', '{"__proto__":1}'),
    ],
)
def test_a_text_is_written_anew(text, said):
    assert rewritten(text) == said


@pytest.mark.parametrize("text", ["", "NaN", "[Infinity]", "{", "'a'", "1 2"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        rewritten(text)
