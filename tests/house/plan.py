"""The house as it is built: its files, and who imports whom (read from the source, nothing is run)."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PROXY = HOUSE / "proxy"
FILES = sorted(PROXY.rglob("*.py"))


def name_of(file: Path) -> str:
    """The module's name: "proxy.search.page"; a package goes by its own."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for file in FILES}


def wing_of(module: str) -> str:
    """ "proxy.search.page" is of "search"; "proxy.errors" is of none and goes by "errors"."""
    return module.split(".")[1] if "." in module else ""


def imports_of(file: Path) -> set[str]:
    """Every module that a file imports when it runs, wherever in it; what only a type checker sees does not count."""
    tree = ast.parse(file.read_text())
    return {name for node in _running(tree) for name in _imported(node, name_of(file))}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield child
            yield from _running(child)


def _imported(node: ast.AST, importer: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{importer}: imports are absolute"
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in MODULES else str(node.module)


def ours(file: Path) -> set[str]:
    """Those of its imports that are our own."""
    return {name for name in imports_of(file) if name in MODULES and name != "proxy"}
