"""A tree of nodes in; a rule, or everything that is wrong with it, out. Pure.

The models (rule.py) say which key holds which kind; this file walks both at
once. A mistake costs one problem: a key that could not be read, or that was
meant by a misspelt one, is not also reported as missing.
"""

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from proxy.rules.kinds import BAD, Kind, nearest
from proxy.rules.nodes import Items, Keys, Node, Pair, Scalar, shown, what_is
from proxy.rules.problems import Problem, Severity, looks_secret
from proxy.rules.rule import Rule, Section

_SECRET_KEYS: Final = ("ads_key", "api_key", "apikey", "ads_api_key", "topsort_key", "token", "secret", "password")


class Key(NamedTuple):
    """A key of a section: how it is read."""

    name: str
    attribute: str
    kind: Kind | None
    section: type[Section] | None
    many: bool
    required: bool
    default: Any
    written: str
    description: str
    examples: tuple[str, ...]


_KEYS: Final[dict[type[Section], dict[str, Key]]] = {}


def keys_of(section: type[Section]) -> dict[str, Key]:
    """The keys of a section, by their name in YAML."""
    if section not in _KEYS:
        _KEYS[section] = _keys_of(section)
    return _KEYS[section]


def _keys_of(section: type[Section]) -> dict[str, Key]:
    hints = typing.get_type_hints(section)
    fields = dataclasses.fields(section)  # type: ignore[arg-type]
    found = (_key(each, hints[each.name]) for each in fields)
    return {key.name: key for key in found}


def _key(each: "dataclasses.Field[Any]", hint: Any) -> Key:
    about = each.metadata
    default = each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
    section = None if about["kind"] else next(_sections_in(hint))
    many = section is not None and typing.get_origin(hint) is tuple
    return Key(
        name=about["name"] or each.name,
        attribute=each.name,
        kind=about["kind"],
        section=section,
        many=many,
        required=default is dataclasses.MISSING,
        default=default,
        written=about["written"],
        description=about["description"],
        examples=about["examples"],
    )


def _sections_in(hint: Any) -> Iterator[type[Section]]:
    if isinstance(hint, type) and typing.get_origin(hint) is None and issubclass(hint, Section):
        yield hint
    for inner in typing.get_args(hint):
        yield from _sections_in(inner)


@cache
def sections() -> dict[str, type[Section]]:
    """Every section by its path: "" is the rule itself, `skip.after_page`, `banners`, ..."""

    def below(path: str, section: type[Section]) -> Iterator[tuple[str, type[Section]]]:
        yield path, section
        for key in keys_of(section).values():
            if key.section:
                yield from below(f"{path}.{key.name}".lstrip("."), key.section)

    return dict(below("", Rule))


@dataclass(slots=True)
class Draft:
    """A rule while it is read: what could be read, where it stands, what is wrong.

    Attributes:
        values: by key path, of every key that is given and could be read; sections as dicts of their attributes.
        places: the node of every key that is given, by path: where a problem with it is shown.
        spoilt: paths that were given but could not be read, or were meant by a misspelt key.
    """

    file: str
    lines: list[str]
    node: Node
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Node] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    rule: Rule | None = None

    def given(self, path: str) -> bool:
        """The author wrote this key."""
        return path in self.places

    def tell(self, severity: Severity, path: str, message: str, hint: str = "") -> None:
        """A problem with a key; where it is not given, with the nearest section around it."""
        place = path
        while place and place not in self.places:
            place = place.rpartition(".")[0]
        self.problems.append(problem_at(self, severity, self.places.get(place, self.node), path, message, hint))


def problem_at(
    draft: Draft, severity: Severity, node: Node, key: str, message: str, hint: str, column: int = 0, length: int = 0
) -> Problem:
    """A problem at a node, or within its text."""
    line = draft.lines[node.line - 1] if 0 < node.line <= len(draft.lines) else ""
    start, extent = node.column, node.length
    if isinstance(node, Scalar) and length:
        at = node.column + node.inset
        # Only where the text stands there as it is: no escapes, no folded lines.
        if line.startswith(node.text, at):
            start, extent = at + min(column, max(0, len(node.text) - 1)), length
    return Problem(severity, draft.file, node.line, start + 1, key, message, hint, _without_secrets(line), extent)


def _without_secrets(line: str) -> str:
    """What stands behind a key that names a secret is masked, however it looks."""
    name, colon, value = line.partition(":")
    if colon and nearest(name.strip(" -'\"{"), _SECRET_KEYS, 0.9):
        return name + colon + "".join("*" if sign not in " #" else sign for sign in value)
    return line


def read_rule(node: Node, file: str, lines: list[str]) -> Draft:
    """Read one rule; `draft.rule` is there where no error is."""
    draft = Draft(file, lines, node)
    reader = _Reader(draft)
    if isinstance(node, Keys):
        values = reader.section(node, "", Rule)
        reader.report_missing("", Rule, node)
        if values is not BAD and not any(problem.is_error for problem in draft.problems):
            draft.rule = _built(Rule, values)
    else:
        draft.problems.append(
            problem_at(draft, "error", node, "", f"{what_is(node)} stands here, not a rule", "begin with `page: …`")
        )
    return draft


def _built(section: type[Section], values: dict[str, Any]) -> Any:
    """The models themselves; everything in `values` has been read and is right."""
    made: dict[str, Any] = {}
    for key in keys_of(section).values():
        if key.name not in values:
            continue
        value = values[key.name]
        if key.section and key.many:
            value = tuple(_built(key.section, each) for each in value)
        elif key.section:
            value = _built(key.section, value)
        made[key.attribute] = value
    return section(**made)


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def report(self, node: Node, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        self.draft.problems.append(problem_at(self.draft, "error", node, key, message, hint, column, length))

    # -- sections -------------------------------------------------------------

    def section(self, node: Keys, path: str, section: type[Section]) -> Any:
        """The values of a section, or BAD; every key is read in any case."""
        known = keys_of(section)
        values: dict[str, Any] = {}
        first: dict[str, Scalar] = {}
        for pair in node.pairs:
            name = pair.key.text
            here = f"{path}.{shown(name)}".lstrip(".")
            if name in first:
                hint = f"it stands in line {first[name].line} already: keep one of the two"
                self.report(pair.key, here, "this key stands twice", hint)
            elif name not in known:
                self.unknown(pair, path, section)
            else:
                first[name] = pair.key
                self.draft.places[here] = pair.value
                values[name] = self.value(pair.value, here, known[name])
                if values[name] is BAD:
                    self.draft.spoilt.add(here)
                else:
                    self.draft.values[here] = values[name]
        return values

    def value(self, node: Node, path: str, key: Key) -> Any:
        if looks_secret_within(node):
            self.secret(node, path)
            return BAD
        if key.kind:
            return key.kind.read(node, path, self.report)
        assert key.section
        if key.many:
            return self.many(node, path, key.section)
        if not isinstance(node, Keys):
            self.report(node, path, f"{what_is(node)} stands here, not a section", self.inside(key.section))
            return BAD
        return self.section(node, path, key.section)

    def many(self, node: Node, path: str, section: type[Section]) -> Any:
        if not isinstance(node, Items) or not node.items:
            self.report(node, path, "a list of sections must stand here", self.inside(section))
            return BAD
        read = []
        for place, item in enumerate(node.items):
            here = f"{path}[{place}]"
            self.draft.places[here] = item
            if isinstance(item, Keys):
                read.append(self.section(item, here, section))
            else:
                self.report(item, here, f"{what_is(item)} stands here, not a section", self.inside(section))
                self.draft.spoilt.add(here)
        return read

    def inside(self, section: type[Section]) -> str:
        return "its keys are " + ", ".join(f"`{name}`" for name in keys_of(section))

    # -- what is missing ------------------------------------------------------

    def report_missing(self, path: str, section: type[Section], node: Keys) -> None:
        """Required keys that are not there; not where a misspelt key meant them."""
        preset = self.draft.given("preset")
        for key in keys_of(section).values():
            here = f"{path}.{key.name}".lstrip(".")
            if key.section and self.draft.given(here):
                self.missing_below(here, key)
            elif (
                key.required
                and not self.draft.given(here)
                and not self.is_meant(here)
                and not (preset and here != "page")
            ):
                self.draft.spoilt.add(here)
                self.report(_head(node), here, "this key is missing", self.write(key))

    def missing_below(self, path: str, key: Key) -> None:
        assert key.section
        node = self.draft.places[path]
        if isinstance(node, Keys):
            self.report_missing(path, key.section, node)
        elif isinstance(node, Items):
            for place, item in enumerate(node.items):
                if isinstance(item, Keys):
                    self.report_missing(f"{path}[{place}]", key.section, item)

    def is_meant(self, path: str) -> bool:
        return any(spoilt == path or spoilt.startswith(f"{path}.") for spoilt in self.draft.spoilt)

    def write(self, key: Key) -> str:
        if key.section:
            required = [each.name for each in keys_of(key.section).values() if each.required]
            return f"write `{key.name}:` with " + " and ".join(f"`{name}`" for name in required)
        example = (key.examples or ("…",))[0]
        return f"for example `{key.name}: {example}`"

    # -- what is too much -----------------------------------------------------

    def unknown(self, pair: Pair, path: str, section: type[Section]) -> None:
        name = pair.key.text
        here = f"{path}.{shown(name)}".lstrip(".")
        if nearest(name, _SECRET_KEYS, 0.9) or looks_secret(name):
            self.secret(pair.key, here)
            return
        if name == "<<":
            self.report(
                pair.key, here, "merge keys are not taken", "write the keys out; `&name` and `*name` may be used"
            )
            return
        hint, meant = self.meant(name, path, section)
        self.draft.spoilt.update(meant)
        self.report(pair.key, here, "there is no such key", hint)

    def meant(self, name: str, path: str, section: type[Section]) -> tuple[str, list[str]]:
        """What a key that does not exist was probably meant to be: the hint, and the key paths."""
        here = list(keys_of(section))
        same = nearest(name, here, 1.0)
        elsewhere = (
            []
            if same
            else [each for each in sections() if each != path and nearest(name, list(keys_of(sections()[each])), 1.0)]
        )
        if elsewhere:
            exact = nearest(name, list(keys_of(sections()[elsewhere[0]])), 1.0)
            where = " or ".join(f"`{each}`" if each else "the rule itself" for each in elsewhere[:3])
            return f"`{exact}` belongs under {where}", [f"{each}.{exact}".lstrip(".") for each in elsewhere]
        near = same or nearest(name, here)
        if near:
            return f"did you mean `{near}`?", [f"{path}.{near}".lstrip(".")]
        return self.inside(section), []

    def secret(self, node: Node, path: str) -> None:
        message = "a key of the ad platform does not belong in a rule"
        self.report(node, path, message, "remove it; it is read from --ads-key-file or SPONSORED_PROXY_ADS_KEY")


def looks_secret_within(node: Node) -> bool:
    return isinstance(node, Scalar) and looks_secret(node.text)


def _head(node: Keys) -> Node:
    """Where something is missing, the section's first key is shown."""
    return node.pairs[0].key if node.pairs else node
