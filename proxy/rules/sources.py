"""Where a value comes from in a shopper's request: `query.q`, `cookie.tsuid`. Pure.

A source is read once, when a rule is loaded. Reading a value never fails:
what is absent, empty or not a single value is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from proxy.ask import Ask
from proxy.rules.bodies import Place, values_at
from proxy.rules.selector import Every, Selector, SelectorError

KINDS: Final = {
    "query": "a query parameter, decoded; of several, the first",
    "header": "a request header, in any case",
    "cookie": "a cookie",
    "path": "what `match.path` captured under this name; `path` alone is the whole path",
    "form": "a field of an urlencoded body (POST)",
    "body": "a JSONPath into a JSON body, whatever its Content-Type: `body.$.variables.term`. Several lines of JSON "
    "are a list of them. Where the path goes on into a text, the text is read as JSON, as JSON in base64, or as a "
    "url-encoded form (`body.$.params.query`). Where there is no body, the query of the URL stands for it. Where "
    "`products.list` names several listings, the first `[*]` means each listing's own element: with "
    "`list: $.results[*].hits`, `body.$.requests[*].query` gives each auction the words of its own search. Else the "
    "first that is present counts",
}
"""What a source can begin with, and what it then is."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source.

    Attributes:
        text: as written in the rule.
        kind: one of `KINDS`, or "" for a literal.
        name: the parameter, header (lower case), cookie, capture ("" for the whole path) or form field;
            the text itself for a literal.
        selector: for `body`, the place in the JSON body.
    """

    text: str
    kind: str
    name: str
    selector: Selector | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def needs_body(self) -> bool:
        """Only the request's body can answer it."""
        return self.kind in ("form", "body")

    @property
    def capture(self) -> str | None:
        """The path capture that it wants, if it wants one."""
        return self.name if self.kind == "path" and self.name else None

    @classmethod
    def parse(cls, text: str) -> "Source":
        """Read a source.

        Raises:
            SelectorError: what is wrong, at which column, and what to write.
        """
        if text.startswith("="):
            if text == "=":
                raise SelectorError("there is no text behind the `=`", 0, "for example `=shop`")
            return cls(text, "", text[1:])
        kind, dot, name = text.partition(".")
        if kind not in KINDS:
            raise _unknown(text, kind)
        if kind == "path" and not dot:
            return cls(text, "path", "")
        if not name:
            raise SelectorError(f"`{text}` lacks a name", 0, f"for example `{kind}.{_EXAMPLE[kind]}`", len(text))
        if kind == "body":
            return cls(text, kind, name, _body_selector(name))
        return cls(text, kind, name.lower() if kind == "header" else name)

    @property
    def is_of_listing(self) -> bool:
        """Its value may be another for each listing of an answer."""
        return self.selector is not None and Every() in self.selector.steps

    def read(self, ask: Ask, captures: Mapping[str, str], place: Place | None = None) -> str | None:
        """The value in this request, or None. Empty text counts as absent.

        Args:
            ask: the request.
            captures: what the rule's path captured.
            place: of the listing for which it is read; None where it is read for all.
        """
        name = self.name
        match self.kind:
            case "query":
                return ask.query.get(name) or None
            case "cookie":
                return ask.cookies.get(name) or None
            case "header":
                return ask.header(name) or None
            case "path":
                return (captures.get(name) if name else ask.path) or None
            case "form":
                return ask.form.get(name) or None
        return name or None if self.selector is None else _of_body(self.selector, ask, place)


class Sources(tuple[Source, ...]):
    """Sources in the order in which they are tried; empty where a rule names none."""

    __slots__ = ()

    @classmethod
    def parse(cls, *texts: str) -> "Sources":
        """Read sources; raises SelectorError."""
        return cls(Source.parse(text) for text in texts)

    def read(self, ask: Ask, captures: Mapping[str, str], place: Place | None = None) -> str | None:
        """The first value that is present, or None; as `Source.read`."""
        for source in self:
            value = source.read(ask, captures, place)
            if value is not None:
                return value
        return None

    @property
    def needs_body(self) -> bool:
        """Any of them needs the request's body."""
        return any(source.needs_body for source in self)

    @property
    def are_of_listing(self) -> bool:
        """What they say may be another for each listing of an answer."""
        return any(source.is_of_listing for source in self)


def _of_body(selector: Selector, ask: Ask, place: Place | None) -> str | None:
    for value in values_at(selector.steps, ask, place):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float) and value != "":
            return str(value)
    return None


_EXAMPLE: Final = {
    "query": "q",
    "header": "x-user-id",
    "cookie": "tsuid",
    "path": "category",
    "form": "q",
    "body": "$.query",
}


def _body_selector(name: str) -> Selector:
    if not name.startswith("$"):
        raise SelectorError(f"`{name}` is no JSONPath: it must begin with `$`", 5, f"write `body.$.{name}`", len(name))
    try:
        return Selector.parse(name)
    except SelectorError as error:
        raise SelectorError(error.message, error.column + 5, error.hint, error.length) from None


def _unknown(text: str, kind: str) -> SelectorError:
    near = get_close_matches(kind.lower(), list(KINDS), 1)
    if near and kind != text:
        hint = f"did you mean `{near[0]}.{text.partition('.')[2]}`?"
    elif kind == text and text and not near:
        hint = f"for example `query.{text}`, or `={text}` for the text itself"
    else:
        hint = "a source is " + ", ".join(f"{each}.…" for each in KINDS) + " or =text"
    return SelectorError(f"`{text}` is no source", 0, hint, max(1, len(text)))
