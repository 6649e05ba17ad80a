"""A tree of nodes in; a rule, or everything that is wrong with it, out. Pure.

The models (rule.py) say which key holds which kind; this file walks both at
once. A mistake costs one problem: a key that could not be read, or that was
meant by a misspelt one, is not also reported as missing.
"""

from typing import Any

from proxy.rules.judging import combinations
from proxy.rules.problems import looks_secret
from proxy.rules.reading.draft import SECRET_KEYS, Draft, problem_at
from proxy.rules.reading.keys import Key, keys_of, sections
from proxy.rules.reading.kinds import BAD, nearest
from proxy.rules.reading.nodes import Items, Keys, Node, Pair, Scalar, shown, what_is
from proxy.rules.reading.overlay import with_preset
from proxy.rules.reading.presets import NOWHERE
from proxy.rules.rule import Rule, Section


def read_rule(node: Node, file: str, lines: list[str]) -> Draft:
    """Read one rule; `draft.rule` is there where no error is."""
    draft = Draft(file, lines, node)
    if not isinstance(node, Keys):
        message = f"{what_is(node)} stands here, not a rule"
        draft.problems.append(problem_at(draft, "error", node, "", message, "a rule begins with `page: …`"))
        return draft
    node, draft.preset = with_preset(node)
    reader = _Reader(draft)
    values = reader.section(node, "", Rule)
    reader.report_missing("", Rule, node)
    combinations.judge(draft)
    if draft.is_sound:
        draft.rule = _built(Rule, values)
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
        if not self.draft.is_full:
            self.draft.problems.append(problem_at(self.draft, "error", node, key, message, hint, column, length))

    # -- sections -------------------------------------------------------------

    def section(self, node: Keys, path: str, section: type[Section]) -> Any:
        """The values of a section, or BAD; every key is read in any case."""
        known = keys_of(section)
        values: dict[str, Any] = {}
        first: dict[str, Scalar] = {}
        for pair in node.pairs:
            if self.draft.is_full:
                break
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
        if key.kind:
            secret = _secret_in(node)
            if secret:
                self.secret(secret, path)
                return BAD
            return key.kind.read(node, path, self.report)
        assert key.section
        if key.many:
            return self.many(node, path, key.section)
        if not isinstance(node, Keys):
            self.report(node, path, f"{what_is(node)} stands here, not a section", self.as_section(node, key.section))
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

    def as_section(self, node: Node, section: type[Section]) -> str:
        name, colon, value = node.text.partition(":") if isinstance(node, Scalar) else ("", "", "")
        if colon and name in keys_of(section):
            return f"a space must follow the colon: write `{name}: {shown(value)}`"
        if isinstance(node, Items) and any(isinstance(item, Keys) for item in node.items):
            return "write its keys without the `-` before them"
        return self.inside(section)

    def inside(self, section: type[Section]) -> str:
        return "its keys are " + ", ".join(f"`{name}`" for name in keys_of(section))

    # -- what is missing ------------------------------------------------------

    def report_missing(self, path: str, section: type[Section], node: Keys) -> None:
        """Required keys that are not there; not where a misspelt key meant them."""
        # A preset that is none of ours might have had everything but the page's name.
        unknown_preset = "preset" in self.draft.spoilt
        for key in keys_of(section).values():
            here = f"{path}.{key.name}".lstrip(".")
            if key.section and self.draft.given(here):
                self.missing_below(here, key)
            elif key.required and not self.draft.given(here):
                if not self.is_meant(here) and not (unknown_preset and here != "page"):
                    self.tell_missing(node, here, key)
                self.draft.spoilt.add(here)

    def tell_missing(self, node: Keys, path: str, key: Key) -> None:
        preset = self.draft.preset
        if preset is None or node.line != NOWHERE:
            head = _head(node)
            self.report(head if head.line != NOWHERE else node, path, "this key is missing", self.write(key))
        else:  # the section is the preset's, and the author has no line of it
            section = path.rpartition(".")[0]
            hint = f"for example `{section}: {{{key.name}: {(key.examples or ('…',))[0]}}}`"
            self.report(preset, path, f"this key is missing; the preset `{preset.text}` leaves it to you", hint)

    def missing_below(self, path: str, key: Key) -> None:
        assert key.section
        node = self.draft.places[path]
        if isinstance(node, Keys) and not key.many:
            self.report_missing(path, key.section, node)
        elif isinstance(node, Items) and key.many:
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
        if nearest(name, SECRET_KEYS, 0.9) or looks_secret(name) or _secret_in(pair.value):
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
        here = tuple(keys_of(section))
        same = nearest(name, here, 1.0)
        elsewhere = (
            []
            if same
            else [each for each in sections() if each != path and nearest(name, tuple(keys_of(sections()[each])), 1.0)]
        )
        if elsewhere:
            exact = nearest(name, tuple(keys_of(sections()[elsewhere[0]])), 1.0)
            where = " or ".join(f"`{each}`" if each else "the rule itself" for each in elsewhere[:3])
            return f"`{exact}` belongs under {where}", [f"{each}.{exact}".lstrip(".") for each in elsewhere]
        near = same or nearest(name, here)
        if near:
            return f"did you mean `{near}`?", [f"{path}.{near}".lstrip(".")]
        return self.inside(section), []

    def secret(self, node: Node, path: str) -> None:
        message = "a key of the ad platform does not belong in a rule"
        self.report(node, path, message, "remove it; it is read from --ads-key-file or SPONSORED_PROXY_ADS_KEY")


def _secret_in(node: Node) -> Scalar | None:
    """The first text in a value in which a key of the ad platform stands."""
    if isinstance(node, Scalar):
        return node if looks_secret(node.text) else None
    if isinstance(node, Items):
        return next(filter(None, map(_secret_in, node.items)), None)
    return next(filter(None, (_secret_in(each) for pair in node.pairs for each in (pair.key, pair.value))), None)


def _head(node: Keys) -> Node:
    """Where something is missing, the section's first key is shown."""
    return node.pairs[0].key if node.pairs else node
