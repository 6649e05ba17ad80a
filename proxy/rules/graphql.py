"""What a GraphQL request asks for: the operation's name and its top-level fields. Pure.

`operationName` decides, so that persisted queries, which send no document,
are known by it; only without it, or for a field, is the document parsed.
Documents are parsed once: frontends send the same few again and again.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

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

from proxy.ask import Ask

# Parsing costs about 10 µs for 100 characters, on the event loop: a document this long is a few milliseconds.
LONGEST: Final = 65_536
MOST_TOKENS: Final = 8_000


class Operation(NamedTuple):
    """One operation of a document."""

    name: str | None
    is_query: bool
    fields: frozenset[str]


def operation_name(ask: Ask) -> str | None:
    """The name of the operation that this request runs, or None."""
    said = _text(ask, "operationName")
    if said:
        return said
    operation = _operation(ask)
    return operation.name if operation else None


def top_fields(ask: Ask) -> frozenset[str]:
    """The real names of the top-level fields that this request's query selects; of a mutation, none."""
    operation = _operation(ask)
    return operation.fields if operation and operation.is_query else frozenset()


def _operation(ask: Ask) -> Operation | None:
    """The operation that would run: the one named, or the only one."""
    document = _document(ask)
    if not document or len(document) > LONGEST:
        return None
    operations = operations_of(document)
    name = _text(ask, "operationName")
    if name:
        return next((operation for operation in operations if operation.name == name), None)
    return operations[0] if len(operations) == 1 else None


def _document(ask: Ask) -> str | None:
    content = (ask.header("content-type") or "").partition(";")[0].strip().lower()
    if ask.method == "POST" and content == "application/graphql":
        return (ask.body or b"").decode("utf-8", "replace")
    return _text(ask, "query")


def _text(ask: Ask, name: str) -> str | None:
    """A part of the request: of the JSON body of a POST, else of the URL (both are in the GraphQL-over-HTTP draft)."""
    if ask.method != "GET" and ask.method != "HEAD" and isinstance(ask.json, Mapping):
        value = ask.json.get(name)
        if isinstance(value, str) and value:
            return value
    return ask.query.get(name) or None


@lru_cache(maxsize=128)
def operations_of(document: str) -> tuple[Operation, ...]:
    """The operations of a document; none where it is no GraphQL."""
    try:
        tree = parse(document, no_location=True, max_tokens=MOST_TOKENS)
        return tuple(_operations(tree))
    except (GraphQLError, RecursionError):
        return ()


def _operations(tree: DocumentNode) -> Iterator[Operation]:
    fragments = {node.name.value: node for node in tree.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in tree.definitions:
        if isinstance(node, OperationDefinitionNode):
            fields = frozenset(_fields(node.selection_set, fragments, set()))
            yield Operation(node.name.value if node.name else None, node.operation.value == "query", fields)


def _fields(chosen: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], seen: set[str]) -> Iterator[str]:
    """Top-level fields, those of fragments included; an alias is not the field's name."""
    for node in chosen.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            fragment = fragments.get(node.name.value)
            if fragment:
                yield from _fields(fragment.selection_set, fragments, seen)
