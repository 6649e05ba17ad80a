"""JSONPath (RFC 9535) as text: read into steps, and written from them. Pure.

Taken are names (`.a`, `['a b']`), `[n]`, `[*]` and `[?@.key == 'value']`.
Every other form of the standard is refused by its name, with its column, so
that nobody wonders why a page has no ads.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from proxy.rules.steps import Every, Index, Name, SelectorError, Step, Where

LONGEST: Final = 4_000
DEEPEST: Final = 32


# A folder of rules says the same few paths again and again, with a preset in every rule.
@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Step, ...]:
    """The steps of a JSONPath.

    Raises:
        SelectorError: what stands there instead, at which column, and what to write.
    """
    return _Reader(text).steps()


def write(steps: Iterable[Step]) -> str:
    """The JSONPath of these steps, in the standard's normal way."""
    return "$" + "".join(_written(step) for step in steps)


# -- writing ------------------------------------------------------------------

_SHORT = re.compile(r"[A-Za-z_\u0080-\U0010FFFF][A-Za-z0-9_\u0080-\U0010FFFF]*")


def _written(step: Step) -> str:
    if isinstance(step, Name):
        return _written_name(step.key)
    if isinstance(step, Index):
        return f"[{step.n}]"
    if isinstance(step, Every):
        return "[*]"
    return f"[?@{''.join(map(_written_name, step.path))} == {_written_literal(step.value)}]"


def _written_name(key: str) -> str:
    return f".{key}" if _SHORT.fullmatch(key) else f"[{_quoted(key)}]"


def _quoted(text: str) -> str:
    """In single quotes, by RFC 9535 section 2.3.1.1."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


def _written_literal(value: str | int | float | bool | None) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


# -- reading ------------------------------------------------------------------

_BLANK = re.compile(r"[ \t\n\r]*")
_INT = re.compile(r"0|[1-9][0-9]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])")
_WORD = re.compile(r"(?:true|false|null)(?![0-9A-Za-z_])")
_SINGLE = re.compile(r"'((?:[^'\\\x00-\x1f]|\\.)*)'")
_DOUBLE = re.compile(r'"((?:[^"\\\x00-\x1f]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\"}


class _Reader:
    """A cursor over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def steps(self) -> tuple[Step, ...]:
        if not self.text.startswith("$"):
            start = self.text.lstrip("@.")
            raise SelectorError(
                f"`{self.text}` is no JSONPath: it must begin with `$`",
                0,
                f"write `$.{start}`" if _SHORT.match(start) else "for example `$.products`",
                max(1, len(self.text)),
            )
        if len(self.text) > LONGEST:
            raise SelectorError(f"a JSONPath has {LONGEST} characters at most", LONGEST)
        self.at = 1
        steps: list[Step] = []
        while self.at < len(self.text):
            if len(steps) == DEEPEST:
                raise self.wrong(f"a JSONPath has {DEEPEST} steps at most", "")
            steps.append(self.step())
        return tuple(steps)

    def step(self) -> Step:
        if self.next_is(".."):
            raise self.wrong("`..` (any depth) is not taken", "name every level, as in `$.data.products`", 2)
        if self.next_is(".*"):
            raise self.wrong(
                "`.*` (any name) is not taken",
                "name the key; `[*]` stands for every element, and for every member of an object",
                2,
            )
        if self.next_is("."):
            self.at += 1
            return Name(self.short_name())
        if self.next_is("["):
            return self.bracket()
        raise self.wrong(f"`{self.text[self.at]}` cannot stand here", "a step begins with `.` or `[`")

    def short_name(self) -> str:
        found = _SHORT.match(self.text, self.at)
        if not found:
            raise self.wrong("a name must follow the `.`", "write other names as `['a-name']`")
        end = found.end()
        if end < len(self.text) and self.text[end] not in ".[ =])\t!<>&|":
            if self.text[end] == "(":
                raise self.wrong(f"`{found[0]}()`: functions are not taken", "", len(found[0]) + 2)
            whole = re.split(r"[.\[]", self.text[self.at :], maxsplit=1)[0]
            raise self.wrong(
                f"`{whole}` has a `{self.text[end]}`, which a name after `.` cannot have",
                f"write `[{_quoted(whole)}]`",
                len(whole),
            )
        self.at = end
        return found[0]

    def bracket(self) -> Step:
        start = self.at
        self.at += 1
        self.blank()
        step = self.inside()
        self.blank()
        if self.next_is(","):
            raise self.wrong("`,` (a union) is not taken", "choose one name or place", 1)
        if self.next_is(":"):
            raise self.wrong("`:` (a slice) is not taken", "write `[*]` for every element, or `[0]` for one", 1)
        if not self.next_is("]"):
            if self.at >= len(self.text):
                raise SelectorError("this `[` is never closed", start, "write `]`")
            raise self.wrong(f"`{self.text[self.at]}` cannot stand here", "a `]` is expected")
        self.at += 1
        return step

    def inside(self) -> Step:
        if self.next_is("*"):
            self.at += 1
            return Every()
        if self.next_is("?"):
            self.at += 1
            return self.where()
        if self.next_is("'") or self.next_is('"'):
            return Name(self.quoted())
        if self.next_is("-"):
            raise self.wrong("a place counted from the end is not taken", "count from the start: `[0]` is the first")
        if self.next_is(":"):
            raise self.wrong("`:` (a slice) is not taken", "write `[*]` for every element, or `[0]` for one", 1)
        if self.next_is("("):
            raise self.wrong("`(` (a script) is not taken", "")
        found = _INT.match(self.text, self.at)
        if found and len(found[0]) < 10:
            self.at = found.end()
            return Index(int(found[0]))
        word = _SHORT.match(self.text, self.at)
        if word:
            raise self.wrong(f"a name in brackets needs quotes: `{word[0]}`", f"write `['{word[0]}']`", len(word[0]))
        raise self.wrong("a name in quotes, a place, `*` or a filter must stand here", "for example `[0]` or `[*]`")

    def where(self) -> Where:
        self.blank()
        example = "write it as `[?@.key == 'value']`"
        if self.next_is("("):
            raise self.wrong("parentheses in a filter are not taken", example)
        if self.next_is("!"):
            raise self.wrong("`!` (not) in a filter is not taken", example)
        if not self.next_is("@"):
            word = _SHORT.match(self.text, self.at)
            if word and self.text[word.end() : word.end() + 1] == "(":
                raise self.wrong(f"`{word[0]}()`: functions are not taken", example, len(word[0]) + 2)
            raise self.wrong("a filter begins with `@`", example)
        self.at += 1
        path = self.filter_path(example)
        self.blank()
        if not self.next_is("=="):
            raise self.no_equals(example)
        self.at += 2
        self.blank()
        value = self.literal()
        self.blank()
        for other in ("&&", "||"):
            if self.next_is(other):
                raise self.wrong(f"`{other}` in a filter is not taken", "one comparison a filter", 2)
        return Where(path, value)

    def filter_path(self, example: str) -> tuple[str, ...]:
        path: list[str] = []
        while self.next_is(".") or self.next_is("["):
            step = self.step()
            if not isinstance(step, Name):
                raise self.wrong("only names can stand after the `@` of a filter", example)
            path.append(step.key)
        if not path:
            raise self.wrong("a key must follow the `@`", example)
        return tuple(path)

    def no_equals(self, example: str) -> SelectorError:
        for other in ("!=", "<=", ">=", "=~", "<", ">", "="):
            if self.next_is(other):
                return self.wrong(f"`{other}` in a filter is not taken", example, len(other))
        return self.wrong("`==` and a value must follow", example)

    def literal(self) -> str | int | float | bool | None:
        if self.next_is("'") or self.next_is('"'):
            return self.quoted()
        found = _WORD.match(self.text, self.at) or _NUMBER.match(self.text, self.at)
        if not found:
            raise self.wrong("a value must stand here", "text in quotes, a number, true, false or null")
        self.at = found.end()
        value: str | int | float | bool | None = json.loads(found[0])
        return value

    def quoted(self) -> str:
        double = self.next_is('"')
        found = (_DOUBLE if double else _SINGLE).match(self.text, self.at)
        if not found:
            raise self.wrong("this quote is never closed", "")
        start = self.at + 1
        self.at = found.end()
        return _unescaped(found[1], '"' if double else "'", start)

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        if found:
            self.at = found.end()

    def next_is(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def wrong(self, message: str, hint: str, length: int = 1) -> SelectorError:
        return SelectorError(message, self.at, hint, length)


def _unescaped(inner: str, quote: str, start: int) -> str:
    def one(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2] == quote:
            return quote
        if found[2] in _ESCAPED:
            return _ESCAPED[found[2]]
        raise SelectorError(f"`\\{found[2]}` means nothing in a JSONPath", start + found.start(), "", 2)

    text = _ESCAPE.sub(one, inner)
    try:  # \uD83D\uDE00 is one character; half of it is none
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise SelectorError("half a surrogate pair is no character", start, "", len(inner)) from None
