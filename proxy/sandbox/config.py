"""The sandbox's YAML in; a `Market`, or every problem with its line, out.

Scalars are taken as the text that stands there, and only the model decides what
is a number: an id `0123` stays `0123`, and `no` is a name like any other. A
`catalogue:` file (JSON: products with id, and seller/vendor, category, quality)
is read beside the YAML. All trouble is a `SettingsTrouble`, for whoever starts us.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec
import yaml
from pydantic import ValidationError

from proxy.errors import SettingsTrouble
from proxy.sandbox.campaigns import Asset, Banner, Bid, Budget, Campaign, Market, Product, SponsoredBrand

_MODELS = (Market, Campaign, Budget, Bid, Banner, Asset, SponsoredBrand, Product)
_KEYS = sorted({key for model in _MODELS for key in model.model_fields})


def read_market(file: Path) -> Market:
    """The market in `file`. Raises SettingsTrouble with every problem."""
    try:
        market = parse_market(file.read_text("utf-8"), file.name)
        if market.catalogue is not None:
            products = read_catalogue(file.parent / market.catalogue)
            market = market.model_copy(update={"products": (*products, *market.products)})
    except (OSError, UnicodeDecodeError) as trouble:
        raise SettingsTrouble(f"{file}: cannot be read: {trouble}") from None
    return market


def parse_market(text: str, name: str = "sandbox.yaml") -> Market:
    """The market in `text`; `name` stands in the problems."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as trouble:
        raise SettingsTrouble(f"{name}: not YAML: {trouble}") from None
    problems = list(_doubled(root, name))
    if not problems:
        try:
            return Market.model_validate(_plain(root) if root is not None else {})
        except ValidationError as trouble:
            problems = _told(trouble, root, name)
    raise SettingsTrouble("\n".join(problems))


class _Seller(msgspec.Struct):
    id: str


class _Entry(msgspec.Struct):
    id: str
    vendor: str | None = None
    seller: _Seller | None = None
    category: str | None = None
    categories: tuple[str, ...] = ()
    quality: float = 1.0


class _Catalogue(msgspec.Struct):
    products: list[_Entry]


def read_catalogue(file: Path) -> tuple[Product, ...]:
    """Products of a JSON file `{"products": [{"id", "vendor" or "seller": {"id"}, "category", "quality"}]}`."""
    try:
        entries = msgspec.json.decode(file.read_bytes(), type=_Catalogue, strict=False).products
        return tuple(_product(entry) for entry in entries)
    except (msgspec.DecodeError, ValidationError) as trouble:
        raise SettingsTrouble(f"{file}: not a catalogue: {trouble}") from None


def _product(entry: _Entry) -> Product:
    vendor = entry.vendor or (entry.seller.id if entry.seller else None)
    categories = (*entry.categories, *((entry.category,) if entry.category else ()))
    return Product(id=entry.id, vendor=vendor, categories=categories, quality=entry.quality)


def _plain(node: yaml.Node) -> object:
    """The node's value, every scalar as text; an empty one, `null` and `~` as None."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    unquoted = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if unquoted and node.value in ("", "null", "~") else node.value


def _doubled(node: yaml.Node | None, name: str) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield f"{name}:{key.start_mark.line + 1}  a key has to be text"
            elif key.value in seen:
                yield f"{name}:{key.start_mark.line + 1}  `{key.value}` stands twice"
            else:
                seen.add(key.value)
            yield from _doubled(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item, name)


def _told(trouble: ValidationError, root: yaml.Node | None, name: str) -> list[str]:
    told = []
    for error in trouble.errors(include_url=False, include_context=False):
        place = error["loc"]
        line = _line(root, place)
        told.append(f"{name}:{line}  {_path(place) or 'the file'}: {_sentence(error['type'], error['msg'], place)}")
    return told


def _line(root: yaml.Node | None, place: Sequence[int | str]) -> int:
    node, line = root, 1 if root is None else root.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _path(place: Sequence[int | str]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _sentence(kind: str, message: str, place: Sequence[int | str]) -> str:
    if kind == "extra_forbidden":
        near = get_close_matches(str(place[-1]), _KEYS, 1)
        return "there is no such key" + (f"; did you mean `{near[0]}`?" if near else "")
    if kind == "missing":
        return "is missing"
    return message.removeprefix("Value error, ")
