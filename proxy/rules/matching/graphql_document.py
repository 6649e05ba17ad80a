"""The operations of a GraphQL document, and the fields at their top. Pure.

Only what decides which rule takes a request is read, by the lexical grammar
(October 2021, section 2.1) and the shape of definitions and selections; all
below the top level is skipped by its brackets. A whole parser in Python holds
up the event loop for 100 ms on a document of 15 KB, and anybody may send one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

# Possessive throughout: a text that is never closed costs one pass.
_TOKEN: Final = re.compile(
    r"""
    [\s,\ufeff]++ | \#[^\n\r]*+
    | (?P<text> \"\"\"(?:[^"\\]++|\\\"\"\"|\\|"(?!""))*+\"\"\" | "(?!"")(?:[^"\\\n\r]++|\\[^\n\r])*+" | "" )
    | (?P<name> [_A-Za-z][_0-9A-Za-z]*+ )
    | (?P<number> -?[0-9][_0-9A-Za-z.+-]*+ )
    | (?P<sign> \.\.\.|[!$&()\[\]{}:=@|] )
    """,
    re.VERBOSE,
)
_OPERATIONS: Final = ("query", "mutation", "subscription")
_DEEPEST: Final = 64
_LITERAL: Final = '"'  # what stands for every text and number


class NotGraphQL(ValueError):
    """A text that is no executable GraphQL document."""


class Operation(NamedTuple):
    """One operation of a document."""

    name: str | None
    is_query: bool
    fields: frozenset[str]


class _Selection(NamedTuple):
    """The top of a selection set: its fields, and the fragments that it spreads."""

    fields: set[str]
    spreads: set[str]


def read_document(document: str) -> tuple[Operation, ...]:
    """The operations of a document, in order; an alias is not a field's name, and fragments are followed.

    Raises:
        NotGraphQL: it is none.
    """
    try:
        return _Reader(_tokens(document)).document()
    except IndexError:
        raise NotGraphQL("it ends too early") from None


def variables_by_use(document: str) -> Mapping[str, str]:
    """Each variable that is given to an argument (or to a field of an object in one): its name, and the argument's.

    Raises:
        NotGraphQL: the text has something in it that no document has.
    """
    tokens = _tokens(document)
    uses: dict[str, str] = {}
    for at in range(len(tokens) - 3):
        argument, colon, dollar, variable = tokens[at : at + 4]  # where a variable is declared, the colon comes behind
        if (colon, dollar) == (":", "$") and _is_name(argument) and _is_name(variable):
            uses.setdefault(variable, argument)
    return uses


def _tokens(document: str) -> Sequence[str]:
    tokens: list[str] = []
    at = 0
    for found in _TOKEN.finditer(document):
        if found.start() != at:
            break
        at = found.end()
        kind = found.lastgroup
        if kind:
            tokens.append(found[0] if kind in ("name", "sign") else _LITERAL)
    if at != len(document):
        raise NotGraphQL(f"no token at {at}")
    return tokens


def _is_name(token: str) -> bool:
    return token[0] == "_" or token[0].isalpha()


class _Reader:
    """A cursor over the tokens."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def document(self) -> tuple[Operation, ...]:
        operations: list[tuple[str | None, bool, _Selection]] = []
        fragments: dict[str, _Selection] = {}
        while self.at < len(self.tokens):
            word = self.tokens[self.at]
            if word == "{":
                operations.append((None, True, self.selection()))
            elif word in _OPERATIONS:
                self.at += 1
                name = self.name() if _is_name(self.tokens[self.at]) else None
                operations.append((name, word == "query", self.selection_behind()))
            elif word == "fragment":
                self.at += 1
                fragments.setdefault(self.name(), self.selection_behind())
            else:
                raise NotGraphQL(f"no definition begins with {word}")
        return tuple(Operation(name, query, _all_fields(top, fragments)) for name, query, top in operations)

    def name(self) -> str:
        name = self.tokens[self.at]
        if not _is_name(name):
            raise NotGraphQL(f"{name} is no name")
        self.at += 1
        return name

    def selection_behind(self) -> _Selection:
        """The selection set behind variables, a type condition and directives."""
        while self.tokens[self.at] != "{":
            self.skip() if self.tokens[self.at] == "(" else self.pass_by()
        return self.selection()

    def pass_by(self) -> None:
        if self.tokens[self.at] not in ("on", "@") and not _is_name(self.tokens[self.at]):
            raise NotGraphQL(f"{self.tokens[self.at]} cannot stand before a selection")
        self.at += 1

    def selection(self, depth: int = 0) -> _Selection:
        """The selection set that begins here."""
        if depth > _DEEPEST:
            raise NotGraphQL("nested too deep")
        selection = _Selection(set(), set())
        self.at += 1
        while self.tokens[self.at] != "}":
            if self.tokens[self.at] == "...":
                self.fragment(selection, depth)
            else:
                self.field(selection)
        self.at += 1
        return selection

    def field(self, selection: _Selection) -> None:
        name = self.name()
        if self.tokens[self.at] == ":":
            self.at += 1
            name = self.name()
        selection.fields.add(name)
        self.arguments()
        self.directives()
        if self.tokens[self.at] == "{":
            self.skip()

    def fragment(self, selection: _Selection, depth: int) -> None:
        self.at += 1
        token = self.tokens[self.at]
        if _is_name(token) and token != "on":
            selection.spreads.add(self.name())
            self.directives()
            return
        if token == "on":
            self.at += 1
            self.name()
        self.directives()
        if self.tokens[self.at] != "{":
            raise NotGraphQL("a fragment has no selection")
        inner = self.selection(depth + 1)
        selection.fields.update(inner.fields)
        selection.spreads.update(inner.spreads)

    def directives(self) -> None:
        while self.tokens[self.at] == "@":
            self.at += 1
            self.name()
            self.arguments()

    def arguments(self) -> None:
        if self.tokens[self.at] == "(":
            self.skip()

    def skip(self) -> None:
        """Past the bracket that closes the one that stands here."""
        open_brackets = 0
        while True:
            token = self.tokens[self.at]
            self.at += 1
            if token in "([{":
                open_brackets += 1
            elif token in ")]}":
                open_brackets -= 1
                if not open_brackets:
                    return


def _all_fields(top: _Selection, fragments: Mapping[str, _Selection]) -> frozenset[str]:
    """The fields of a selection and of all fragments that it reaches; circles end."""
    fields = set(top.fields)
    waiting, seen = list(top.spreads), set(top.spreads)
    while waiting:
        fragment = fragments.get(waiting.pop())
        if fragment:
            fields |= fragment.fields
            waiting += fragment.spreads - seen
            seen |= fragment.spreads
    return frozenset(fields)
