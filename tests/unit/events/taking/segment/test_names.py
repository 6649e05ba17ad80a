"""The mapping file: read, or refused with every problem; where one action counts twice it says so."""

import pytest

from proxy.events.taking.segment.names import Action, Names, read_names


def problems_of(text):
    return [str(problem) for problem in read_names("segment.yaml", text.encode()).problems]


def test_without_a_file_three_calls_are_events():
    assert Names() == Names(
        {"Product Viewed": Action.IMPRESSION, "Product Clicked": Action.CLICK, "Order Completed": Action.PURCHASE}
    )
    assert (Names().pageviews, Names().skip_zero_price_purchases) == ((), False)


def test_a_file_changes_names_and_turns_others_on():
    reading = read_names(
        "segment.yaml",
        b"""
track:
  Seen: impression
  Product List Viewed: impression_list
  Banner Click: click
  Bought: purchase
pageviews: [page, screen]
skip_zero_price_purchases: true
""",
    )
    track = {
        "Seen": Action.IMPRESSION,
        "Product List Viewed": Action.IMPRESSION_LIST,
        "Banner Click": Action.CLICK,
        "Bought": Action.PURCHASE,
    }
    assert reading == (Names(track, ("page", "screen"), True), ())


def test_what_a_file_does_not_say_stays():
    assert read_names("segment.yaml", b"pageviews: page").names == Names(pageviews=("page",))


def test_all_that_is_wrong_is_said_at_once_with_its_line_and_what_to_write():
    text = """track:
  Product Viewed: impresion
  Product Clicked: click
  Product Clicked: click
pageviews: [pages]
skip_zero_price_purchases: yes
tracks: {}
pageviews: [page]
"""
    assert problems_of(text) == [
        """segment.yaml:2  track.Product Viewed: `impresion` is not impression, impression_list, click or purchase
   2 |   Product Viewed: impresion
                         ^^^^^^^^^   did you mean `impression`?""",
        """segment.yaml:4  track.Product Clicked: this key stands twice
   4 |   Product Clicked: click
         ^^^^^^^^^^^^^^^   keep one of the two""",
        """segment.yaml:5  pageviews[0]: `pages` is not page or screen
   5 | pageviews: [pages]
                   ^^^^^   did you mean `page`?""",
        """segment.yaml:6  skip_zero_price_purchases: `yes` is neither true nor false
   6 | skip_zero_price_purchases: yes
                                  ^^^   write true""",
        """segment.yaml:7  tracks: there is no such key
   7 | tracks: {}
       ^^^^^^   did you mean `track`?""",
        """segment.yaml:8  pageviews: this key stands twice
   8 | pageviews: [page]
       ^^^^^^^^^   keep one of the two""",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("- track", "a list stands here, not a mapping"),
        ("track", "`track` stands here, not a mapping"),
        ("track: [", "ends too early"),
        ("track: {}", "the section is empty"),
    ],
)
def test_what_is_no_mapping_is_refused(text, said):
    reading = read_names("segment.yaml", text.encode())
    assert reading.names is None
    assert said in str(reading.problems[0])


@pytest.mark.parametrize(
    ("one", "other", "charged"),
    [
        ("Product Clicked: click", "Product Added: click", "clicks"),
        ("Product List Viewed: impression_list", "Product Viewed: impression", "impressions"),
    ],
)
def test_one_action_that_would_be_charged_twice_is_warned_of_and_taken(one, other, charged):
    for lines in ((one, other), (other, one)):
        reading = read_names("segment.yaml", f"track:\n  {lines[0]}\n  {lines[1]}\n".encode())
        [problem] = reading.problems
        assert reading.names is not None
        assert (problem.severity, problem.line) == ("warning", 3)
        assert f"are both {charged}" in problem.message
        assert all(line.partition(":")[0] in problem.message for line in lines)


def test_different_actions_are_not_warned_of():
    assert problems_of("track: {Product Clicked: click, Product Added: purchase}") == []
