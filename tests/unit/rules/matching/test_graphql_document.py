import pytest

from proxy.rules.matching.graphql_document import NotGraphQL, Operation, read_document, variables_by_use


def test_every_operation_is_read_in_order() -> None:
    document = "query A { a } mutation B { b } { c } subscription { d } fragment F on T { e }"
    assert read_document(document) == (
        Operation("A", True, frozenset("a")),
        Operation("B", False, frozenset("b")),
        Operation(None, True, frozenset("c")),
        Operation(None, False, frozenset("d")),
    )


@pytest.mark.parametrize(
    "document",
    [
        'query A($f: F = {x: "}", y: {z: []}}) @live(if: {a: "{"}) { search(q: "}{", o: {p: 1}) @include(if: $x) { id } }',
        'query A { search(q: """block } " \\""" {""") { id } } # } comment {',
        "query A{search,}",
        "\ufeffquery\tA\r\n{ s: search }",
        "query A { ... { ... on Q @x { search { a b { c } } } } }",
        "fragment F on Q { search } query A { ...F @x(a: 1) }",
    ],
)
def test_brackets_in_texts_comments_and_arguments_mislead_nobody(document: str) -> None:
    assert read_document(document) == (Operation("A", True, frozenset({"search"})),)


def test_words_of_the_language_can_be_names() -> None:
    assert read_document("query query { fragment: mutation on type }") == (
        Operation("query", True, frozenset({"mutation", "on", "type"})),
    )


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "{ a",
        "{ a { b }",
        "query",
        "query A",
        "query A(",
        "}",
        "{ a } }",
        "type T { a: Int }",
        "hello",
        "{ a: }",
        "{ ... }",
        "{ ...on }",
        '{ a(b: "never closed) }',
        '{ a(b: """never closed) }',
        "{ a ; b }",
        "{ ä }",
        "5",
        "{ 5 }",
        "query A 5 { a }",
        "{...{" * 1_000,
        "{a" * 10_000,
    ],
)
def test_what_is_no_document_is_refused(document: str) -> None:
    with pytest.raises(NotGraphQL):
        read_document(document)


def test_nothing_is_a_document_without_operations() -> None:
    assert read_document("") == read_document("# only a comment") == ()


@pytest.mark.parametrize(
    ("document", "uses"),
    [
        ("query A($t: String!, $n: Int = 3) { s(query: $t, first: $n) { id } }", {"t": "query", "n": "first"}),
        ("query A($t: String) { s(input: {term: $t, page: [$p]}) { id } }", {"t": "term"}),
        ("query A($t: String) { a: s(q: $t) { id } b: s(text: $t) { id } }", {"t": "q"}),
        ('{ s(q: "$t", text: """q: $t""") } # q: $t', {}),
        ("lamp", {}),
        ("", {}),
    ],
)
def test_a_variable_is_known_by_the_argument_it_is_given_to(document, uses) -> None:
    assert variables_by_use(document) == uses


def test_what_holds_no_tokens_has_no_variables() -> None:
    with pytest.raises(NotGraphQL):
        variables_by_use("q: $t ^")
