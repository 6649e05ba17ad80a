import pytest

from proxy.rules.matching.paths import PathPattern
from proxy.rules.reading.kinds import Wrong
from tests.builders import an_ask


@pytest.mark.parametrize(
    ("pattern", "target", "captures"),
    [
        ("/api/search", "/api/search", {}),
        ("/api/search", "/api/search/", None),
        ("/api/search", "/api/Search", None),
        ("/", "/", {}),
        ("/c/{x}", "/c/hats", {"x": "hats"}),
        ("/c/{x}", "/c/", None),
        ("/c/{x}", "/c/a/b", None),
        ("/c/{x}", "/c/a%2Fb", {"x": "a/b"}),
        ("/c/{x}/p", "/c//p", None),
        ("/c/{x}/{rest...}", "/c/hats", {"x": "hats", "rest": ""}),
        ("/c/{x}/{rest...}", "/c/hats/", {"x": "hats", "rest": ""}),
        ("/c/{x}/{rest...}", "/c/hats/red/xl", {"x": "hats", "rest": "red/xl"}),
        ("/{rest...}", "/", {"rest": ""}),
        ("/{rest...}", "/a", {"rest": "a"}),
        ("/café", "/caf%C3%A9", {}),
        ("/caf%c3%a9", "/caf%C3%A9", {}),
        ("/a%2Fb", "/a%2fb", {}),
        ("/a%2Fb", "/a/b", None),
        ("/a//b", "/a//b", {}),
        ("/a%20b", "/a%20b", {}),
        ("/%7Bx%7D", "/%7bx%7d", {}),
    ],
)
def test_segments_are_compared_decoded(pattern: str, target: str, captures: dict[str, str] | None) -> None:
    path, segments = PathPattern.parse(pattern), an_ask(target).segments
    assert path.takes(segments) is (captures is not None)
    assert path.match(segments) == captures


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("api", "does not begin with `/`", "write `/api`"),
        ("api?q=1", "does not begin with `/`", "write `/api`"),
        ("https://shop.example/api", "a whole URL", "`/api`"),
        ("/api?q=1", "`?` cannot stand", "match.query"),
        ("/api#x", "`#` cannot stand", "fragment"),
        ("/api/*", "`*` cannot stand", "{name...}"),
        ("/a b", "` ` cannot stand", "%20"),
        ("/a\tb", "control character", "remove"),
        ("/a%zz", "two hexadecimal digits", "%25"),
        ("/{rest...}/x", "must be the last segment", "`{rest}`"),
        ("/{a}/{a}", "captured twice", "own name"),
        ("/{}", "no name for a capture", "letters"),
        ("/{a-b}", "no name for a capture", "letters"),
        ("/p{id}", "neither text nor a capture", "whole segment"),
        ("/{id}.json", "neither text nor a capture", "whole segment"),
        ("/{id", "neither text nor a capture", "%7B"),
        ("/x" * 65, "64 segments", ""),
    ],
)
def test_what_is_no_path_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(Wrong) as caught:
        PathPattern.parse(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_literal_comes_before_one_segment_before_the_rest() -> None:
    texts = ["/a/{x...}", "/{x}/b", "/a/{x}", "/{x...}", "/a/b", "/a/{x}/{y...}"]
    ordered = sorted(map(PathPattern.parse, texts), key=lambda pattern: pattern.kinds)
    assert [pattern.text for pattern in ordered] == [
        "/a/b",
        "/a/{x}",
        "/a/{x}/{y...}",
        "/a/{x...}",
        "/{x}/b",
        "/{x...}",
    ]


def test_a_pattern_reads_as_written_and_knows_its_captures() -> None:
    pattern = PathPattern.parse("/c/{x}/{rest...}")
    assert str(pattern) == "/c/{x}/{rest...}"
    assert pattern.captures == ("x", "rest")
    assert pattern.node == PathPattern.parse("/c/{y}/{z...}").node
