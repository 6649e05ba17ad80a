"""Puts bugs into a proxy that is under test; the product has no hook for it.

A folder with this file stands first in PYTHONPATH, so that a worker runs it
before anything of ours is imported. Each step named in BROKEN_STEPS
("proxy.search.page:merge proxy.wire.client:Client.send") is wrapped; it raises
while the file BROKEN_NOW holds its name, and else works as ever. A function is
named by the module that calls it, since that one holds it under a name of its own.
"""

import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class OnPurpose(Exception):
    """The bug."""


def _wrapped(step: str, function: Callable[..., Any], switch: Path) -> Callable[..., Any]:
    def perhaps() -> None:
        if switch.read_text() == step:
            raise OnPurpose(step)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def breaks_later(*args: Any, **kwargs: Any) -> Any:
            perhaps()
            return await function(*args, **kwargs)

        return breaks_later

    @functools.wraps(function)
    def breaks(*args: Any, **kwargs: Any) -> Any:
        perhaps()
        return function(*args, **kwargs)

    return breaks


def _break(step: str, switch: Path) -> None:
    module, _, path = step.partition(":")
    holder: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        holder = getattr(holder, part)
    setattr(holder, name, _wrapped(step, getattr(holder, name), switch))


if "proxy.server.worker" in sys.orig_argv:
    try:
        for each in os.environ["BROKEN_STEPS"].split():
            _break(each, Path(os.environ["BROKEN_NOW"]))
    except (ImportError, AttributeError) as error:  # Python would go on without this file, and nothing would break
        print(f"cannot put the bugs in: {error}", file=sys.stderr, flush=True)
        os._exit(1)
