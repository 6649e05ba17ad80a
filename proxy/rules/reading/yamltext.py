"""YAML text in; its documents as nodes, or the one problem that stops the reading, out. Pure.

Built on PyYAML's events, not on its constructors: those would make `no` a
False, `0123` an 83 and `12:30:45` a 45045, keep the last of two equal keys,
and let 306 bytes of aliases grow into 400 million nodes.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from proxy.rules.reading.nodes import Items, Keys, Node, Pair, Scalar

LARGEST: Final = 2**20
DEEPEST: Final = 40
MOST_NODES: Final = 50_000

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What YAML 1.2 allows in a file (section 5.1), the byte order mark apart.
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class NotYaml(ValueError):
    """The file cannot be read. `line` counts from 1 (0: the whole file), `column` from 0."""

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column
        self.length = length


def text_of(raw: bytes) -> str:
    """A file's bytes as text.

    Raises:
        NotYaml: too large, another encoding, a character that no text file holds.
    """
    if len(raw) > LARGEST:
        raise NotYaml(
            f"the file has {len(raw):,} bytes; a rule file has {LARGEST:,} at most",
            "is it a rule file at all? Otherwise divide it: a folder may hold any number of files",
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4]:
        raise NotYaml("the file is not UTF-8 (it looks like UTF-16)", "save it as UTF-8")
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotYaml(f"line {line} is not UTF-8 (byte 0x{raw[error.start]:02x})", "save the file as UTF-8") from None
    odd = _NOT_PRINTABLE.search(text)
    if odd:
        line, column = _place(text, odd.start())
        raise NotYaml(f"a character that text does not hold (U+{ord(odd[0]):04X})", "remove it", line, column)
    return text


def read_yaml(text: str) -> Node | None:
    """The one document in a text; None where there is none.

    Raises:
        NotYaml: the text is no YAML, or has what rules do not take: tags, several documents, too many aliases.
    """
    lines = text.splitlines()
    try:
        return _Composer(lines).document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _translated(error, lines) from None
    except (yaml.YAMLError, ValueError, UnicodeError, RecursionError) as error:
        if isinstance(error, NotYaml):
            raise
        raise NotYaml("this is not YAML") from None


class _Composer:
    """Events into nodes, with a stack of its own: depth costs no recursion."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    hint = "one file is one document: a rule, or a list of rules (`- page: …`)"
                    raise self.wrong(event, "a second document begins here", hint, 3)
            elif isinstance(event, yaml.NodeEvent):
                root = self.tree(event, events)
        if isinstance(root, Scalar) and root.is_null:
            return None
        return root

    def tree(self, event: Any, events: Iterator[Any]) -> Node:
        """The node that begins with this event."""
        open_nodes: list[tuple[Any, list[Node], int]] = []
        while True:
            node: Node | None = None
            if isinstance(event, yaml.CollectionStartEvent):
                self.refuse_tag(event)
                if len(open_nodes) == DEEPEST:
                    raise self.wrong(event, f"nested more than {DEEPEST} levels deep", "")
                open_nodes.append((event, [], self.count))
                self.grow(event, 1)
            elif isinstance(event, yaml.CollectionEndEvent):
                start, children, before = open_nodes.pop()
                node = self.collection(start, event, children)
                self.name(start, node, self.count - before)
            elif isinstance(event, yaml.AliasEvent):
                node = self.alias(event)
            else:
                node = self.scalar(event)
                self.grow(event, 1)
                self.name(event, node, 1)
            if node is not None:
                if not open_nodes:
                    return node
                open_nodes[-1][1].append(node)
            event = next(events)

    def collection(self, start: Any, end: Any, children: list[Node]) -> Node:
        line, column = start.start_mark.line + 1, start.start_mark.column
        one_line = start.flow_style and end.end_mark.line == start.start_mark.line
        length = end.end_mark.column - column if one_line else 0
        if isinstance(start, yaml.SequenceStartEvent):
            return Items(tuple(children), line, column, length)
        pairs = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                hint = "quote text that begins with `{` or `[`"
                raise NotYaml("a key must be text", hint, key.line, key.column, 0)
            pairs.append(Pair(key, value))
        return Keys(tuple(pairs), line, column, length)

    def scalar(self, event: Any) -> Scalar:
        plain = event.style is None or event.style == ""
        # `! text` is the one tag that changes nothing here.
        if event.tag not in (None, "!"):
            self.refuse_tag(event)
        start, end = event.start_mark, event.end_mark
        one_line = start.line == end.line
        length = end.column - start.column if one_line else 0
        return Scalar(event.value, plain, start.line + 1, start.column, length, 1 if event.style in ("'", '"') else 0)

    def name(self, event: Any, node: Node, weight: int) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = node, weight

    def alias(self, event: Any) -> Node:
        """What an alias stands for counts in full each time: that is what a reader of the tree would walk."""
        if event.anchor not in self.anchors:
            hint = 'a plain `*` begins an alias in YAML; write text as "*…", in quotes'
            raise self.wrong(event, f"there is no anchor `&{event.anchor}` before this", hint, len(event.anchor) + 1)
        node, weight = self.anchors[event.anchor]
        self.grow(event, weight)
        return node

    def grow(self, event: Any, weight: int) -> None:
        self.count += weight
        if self.count > MOST_NODES:
            raise self.wrong(
                event, f"the file grows to more than {MOST_NODES:,} values", "write less, or fewer aliases"
            )

    def refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise self.wrong(event, f"the tag `{event.tag}` is not taken", "write the value without it", 0)

    def wrong(self, event: Any, message: str, hint: str, length: int = 0) -> NotYaml:
        return NotYaml(message, hint, event.start_mark.line + 1, event.start_mark.column, length)


_AT_START = {
    "*": ("a plain `*` begins an alias in YAML", 'write it in quotes: "*"'),
    "&": ("a plain `&` begins an anchor in YAML", "write the text in quotes"),
    "@": ("YAML keeps `@` for itself", "write the text in quotes"),
    "`": ("YAML keeps the backtick for itself", "write the text in quotes"),
    "%": ("a plain `%` cannot begin a value", "write the text in quotes"),
    "\t": ("a tab; YAML is indented with spaces", "use spaces"),
    "!": ("a plain `!` begins a tag in YAML", "write the text in quotes"),
}


def _translated(error: yaml.MarkedYAMLError, lines: list[str]) -> NotYaml:
    """The scanner's words into ours. Where it began often says more than where it gave up."""
    mark, began = error.problem_mark, error.context_mark
    if mark is None:
        return NotYaml("this is not YAML")
    problem, context = str(error.problem or ""), str(error.context or "")
    place = mark.line + 1, mark.column
    here = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
    first = lines[began.line][began.column : began.column + 1] if began and began.line < len(lines) else ""
    for row in (mark.line, mark.line - 1):
        if 0 <= row < len(lines) and lines[row][: len(lines[row]) - len(lines[row].lstrip())].count("\t"):
            return NotYaml(*_AT_START["\t"], row + 1, lines[row].index("\t"))
    if "quoted scalar" in context and began:
        return NotYaml("this quote is never closed", f"write {first}", began.line + 1, began.column)
    if began and "flow" in context and first in "[{" and "node" not in context:
        if began.line == mark.line and here:
            message = "inside `{…}` and `[…]`, text that holds `{ } [ ] ,`, `: ` or a quote needs quotes around it"
            return NotYaml(message, 'write it as "…"', *place)
        close = "]" if first == "[" else "}"
        return NotYaml(
            f"this `{first}` is never closed", f"write `{close}`, or quote the text", began.line + 1, began.column
        )
    if began and ("alias" in context or "anchor" in context or "tag" in context) and first in _AT_START:
        return NotYaml(*_AT_START[first], began.line + 1, began.column)
    if here in _AT_START and "start any token" in problem:
        return NotYaml(*_AT_START[here], *place)
    if "mapping values" in problem:
        hint = "quote text that holds `: `, and indent all keys of a section alike"
        return NotYaml("a `:` cannot stand here", hint, *_of_the_key(lines, mark.line, mark.column))
    if mark.column and here and lines[mark.line][mark.column - 1] in "'\"":
        hint = "to quote within '…', double it (''), or put \"…\" around the text"
        return NotYaml("the quoted text has ended before this", hint, *place, 0)
    if mark.line >= len(lines):
        return NotYaml("the file ends too early", "", len(lines), 0, 0)
    if "block" in context or "document start" in problem or "simple key" in context:
        hint = "indent all keys of a section, and all items of a list, alike; write `key: value`"
        return NotYaml("this does not fit what stands above it", hint, *place, 0)
    return NotYaml("this is not YAML", "quote the text, if it is meant as text", *place, 0)


def _of_the_key(lines: list[str], line: int, column: int) -> tuple[int, int, int]:
    return line + 1, min(column, max(0, len(lines[line]) - 1)) if line < len(lines) else 0, 1


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1)
