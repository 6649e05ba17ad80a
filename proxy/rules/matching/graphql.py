"""What a GraphQL request asks for: the operation's name and its top-level fields. Pure.

`operationName` decides, so that persisted queries, which send no document,
are known by it; only without it, or for a field, is the document read
(graphql_document.py). Documents are read once: frontends send the same few
again and again.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from proxy.ask import Ask
from proxy.rules.matching.graphql_document import NotGraphQL, Operation, read_document

# A document this long takes a few milliseconds; a hundred of them stay in memory.
LONGEST: Final = 32_768


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
        return read_document(document)
    except NotGraphQL:
        return ()
