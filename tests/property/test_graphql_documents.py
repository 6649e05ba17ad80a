"""Our reading of GraphQL documents agrees with the reference parser, on every document that this one takes."""

from collections.abc import Iterator
from contextlib import suppress

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.rules.matching.graphql_document import NotGraphQL, Operation, read_document

NAMES = st.sampled_from(["a", "search", "on2", "_x", "query", "fragment", "type", "true", "Ünot"[1:], "B9"])
VALUES = st.sampled_from(
    [
        '"}"',
        '"\\"{"',
        '"""block " } \\""" {"""',
        "{a: {b: [1, 2]}}",
        "[$v, -1.5e3]",
        "ENUM",
        "null",
        "$v",
        '""',
        '""""""',
    ]
)
BLANK = st.sampled_from([" ", "\n", ", ", "\t", " # a } comment {\n", "\ufeff", "\r\n"])
ARGUMENTS = st.one_of(st.just(""), st.builds("({}: {})".format, NAMES, VALUES))
DIRECTIVES = st.one_of(st.just(""), st.builds("@{}{}".format, NAMES, ARGUMENTS))
SELECTIONS = st.recursive(
    st.builds("{}{}{}".format, NAMES, ARGUMENTS, DIRECTIVES)
    | st.builds("{}: {}".format, NAMES, NAMES)
    | st.builds("...{}{}".format, NAMES, DIRECTIVES),
    lambda inner: (
        st.builds("{}{}{}{{{}{}}}".format, NAMES, ARGUMENTS, DIRECTIVES, BLANK, inner)
        | st.builds("... on T{}{{{}}}".format, DIRECTIVES, inner)
        | st.builds("...{}{{{}{}}}".format, DIRECTIVES, BLANK, inner)
        | st.builds("{}{}{}".format, inner, BLANK, inner)
    ),
    max_leaves=8,
)
VARIABLES = st.one_of(st.just(""), st.builds("($v: [T!]! = {} {}{})".format, VALUES, DIRECTIVES, BLANK))
DEFINITIONS = (
    st.builds("{{{}}}".format, SELECTIONS)
    | st.builds("query {}{}{}{{{}}}".format, NAMES, VARIABLES, DIRECTIVES, SELECTIONS)
    | st.builds("mutation{}{{{}}}".format, VARIABLES, SELECTIONS)
    | st.builds("fragment {} on T{}{{{}}}".format, NAMES, DIRECTIVES, SELECTIONS)
)
DOCUMENTS = st.lists(DEFINITIONS, min_size=1, max_size=4).map(" ".join)


def by_the_reference(tree: DocumentNode) -> tuple[Operation, ...]:
    fragments: dict[str, FragmentDefinitionNode] = {}
    for node in tree.definitions:
        if isinstance(node, FragmentDefinitionNode):
            fragments.setdefault(node.name.value, node)

    def fields(chosen: SelectionSetNode, seen: set[str]) -> Iterator[str]:
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                yield node.name.value
            elif isinstance(node, InlineFragmentNode):
                yield from fields(node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                if node.name.value in fragments:
                    yield from fields(fragments[node.name.value].selection_set, seen)

    return tuple(
        Operation(
            node.name.value if node.name else None,
            node.operation.value == "query",
            frozenset(fields(node.selection_set, set())),
        )
        for node in tree.definitions
        if isinstance(node, OperationDefinitionNode)
    )


def agrees(document: str) -> None:
    try:
        tree = parse(document)
    except GraphQLError:
        return
    executable = all(isinstance(node, OperationDefinitionNode | FragmentDefinitionNode) for node in tree.definitions)
    if executable:
        assert read_document(document) == by_the_reference(tree)


@given(DOCUMENTS)
@example('query Search($f: F = {a: "}", b: {}}) @live(a: {b: 1}) { a: b(c: {d: "{"}) @x { e { f } } ...F }')
@example("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A search }")
def test_documents_are_read_as_by_the_reference_parser(document: str) -> None:
    agrees(document)


@given(DOCUMENTS, st.data())
def test_a_document_with_something_cut_out_is_read_alike_or_refused(document: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(document)))
    agrees(document[:start] + document[start + data.draw(st.integers(1, 5)) :])


@given(st.text(alphabet=st.sampled_from('{}()[]@$:=.!"\\#\n aquery,on1-'), max_size=60))
def test_any_text_is_a_document_or_none(text: str) -> None:
    with suppress(NotGraphQL):
        read_document(text)
    agrees(text)
