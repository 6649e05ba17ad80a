"""Everything under `match` but the path: does it hold for a request, and if not, why. Pure."""

from collections.abc import Iterator
from typing import Final

from proxy.ask import Ask
from proxy.rules.matching.graphql import operation_name, top_fields
from proxy.rules.rule import Match

ANY: Final = "*"


class Conditions:
    """The conditions of one match, compiled."""

    __slots__ = ("_graphql", "_headers", "_host", "_methods", "_plain", "_query", "_suffix", "count")

    def __init__(self, match: Match) -> None:
        self._methods = frozenset(match.methods) | ({"HEAD"} if "GET" in match.methods else frozenset())
        self._host = match.host
        self._suffix = match.host[1:] if match.host and match.host.startswith("*.") else None
        self._query = tuple(match.query.items())
        self._headers = tuple(match.headers.items())
        self._graphql = match.graphql
        # How many there are: of two equal paths, the one with more conditions is the more specific.
        said = (match.host, *match.query, *match.headers)
        self.count = sum(each is not None for each in said)
        if match.graphql:
            self.count += (match.graphql.operation is not None) + (match.graphql.field is not None)
        self._plain = not self.count

    def hold(self, ask: Ask) -> bool:
        """All of them hold."""
        if ask.method not in self._methods:
            return False
        return self._plain or (self._hold_without_body(ask) and (self._graphql is None or self._graphql_holds(ask)))

    def hold_but_for_the_body(self, ask: Ask) -> bool:
        """All of them hold that can be judged without the request's body."""
        return ask.method in self._methods and self._hold_without_body(ask)

    def _hold_without_body(self, ask: Ask) -> bool:
        if self._host is not None and not self._host_holds(ask):
            return False
        for name, wanted in self._query:
            value = ask.query.get(name)
            if value is None or (wanted != ANY and value != wanted):
                return False
        for name, wanted in self._headers:
            value = ask.header(name)
            if value is None or (wanted != ANY and value != wanted):
                return False
        return True

    def _host_holds(self, ask: Ask) -> bool:
        host = ask.host.removesuffix(".")
        if self._suffix is not None:
            return host.endswith(self._suffix) and len(host) > len(self._suffix)
        return host == self._host

    def _graphql_holds(self, ask: Ask) -> bool:
        assert self._graphql
        operation, field = self._graphql.operation, self._graphql.field
        if operation is not None and operation_name(ask) != operation:
            return False
        return field is None or field in top_fields(ask)

    # -- in words -----------------------------------------------------------------

    def why_not(self, ask: Ask, but_for_the_body: bool = False) -> str:
        """The first condition that does not hold, in plain words, or ""."""
        return next(self._reasons(ask, but_for_the_body), "")

    def _reasons(self, ask: Ask, but_for_the_body: bool) -> Iterator[str]:
        if ask.method not in self._methods:
            yield f"the method is {ask.method}; the rule takes {_listed(sorted(self._methods))}"
        if self._host is not None and not self._host_holds(ask):
            yield f"the host is {ask.host or 'not said'}, not {self._host}"
        for name, wanted in self._query:
            yield from _differs(f"the query parameter `{name}`", ask.query.get(name), wanted)
        for name, wanted in self._headers:
            yield from _differs(f"the header `{name}`", ask.header(name), wanted)
        if self._graphql and not but_for_the_body:
            yield from self._graphql_reasons(ask)

    def _graphql_reasons(self, ask: Ask) -> Iterator[str]:
        assert self._graphql
        operation, field = self._graphql.operation, self._graphql.field
        if operation is not None:
            name = operation_name(ask)
            if name != operation:
                yield f"the GraphQL operation is {name or 'not named'}, not {operation}"
        if field is not None:
            fields = top_fields(ask)
            if field not in fields:
                found = _listed(sorted(fields)) if fields else "none that can be read"
                yield f"the GraphQL query's top-level fields are {found}; `{field}` is not among them"


def _differs(what: str, value: str | None, wanted: str) -> Iterator[str]:
    if value is None:
        yield f"{what} is absent"
    elif wanted not in (ANY, value):
        yield f"{what} is `{value[:80]}`, not `{wanted}`"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
