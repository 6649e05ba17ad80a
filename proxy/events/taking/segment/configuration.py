"""What the operator says of Segment, in three files: the write keys, the webhook's secret, which call means what.

Every worker reads them for itself, and again when they change; only their
paths are told on.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from proxy.clock import Clock
from proxy.events.taking.segment.keys import Secret, WriteKeys, read_keys, read_secret
from proxy.events.taking.segment.live_file import LiveFile, content_of
from proxy.events.taking.segment.names import Names, read_names

_log = logging.getLogger(__name__)


class Configuration:
    """What is in force.

    Args:
        write_keys: the file of the write keys; None where the HTTP API is not ours.
        secret: the file of the webhook's secret; None where the webhook is not ours.
        mapping: the file of the names; None for those of Segment's own destination.
        clock: the time.
    """

    def __init__(self, write_keys: Path | None, secret: Path | None, mapping: Path | None, clock: Clock) -> None:
        self.write_keys: Callable[[], WriteKeys | None] | None = None
        self.secret: Callable[[], Secret | None] | None = None
        self.names: Callable[[], Names | None] = Names
        if write_keys is not None:
            self.write_keys = LiveFile(write_keys, read_keys, clock)
        if secret is not None:
            self.secret = LiveFile(secret, read_secret, clock)
        if mapping is not None:
            self.names = LiveFile(mapping, partial(_names, mapping, _log.warning), clock)


def problems_of(write_keys: Path | None, secret: Path | None, mapping: Path | None) -> Iterator[str]:
    """What is wrong with the files, each a text that begins with the setting that names it; args of `Configuration`."""
    for flag, file, read in (
        ("--segment-write-key-file", write_keys, read_keys),
        ("--segment-secret-file", secret, read_secret),
        ("--segment-mapping", mapping, partial(_names, mapping, str)),
    ):
        if file is not None:
            try:
                read(content_of(file))
            except OSError as trouble:
                yield f"{flag} {file}: cannot be read ({trouble.strerror})"
            except ValueError as trouble:
                yield f"{flag} {file}: {trouble}"


def _names(file: Path | None, log: Callable[[str], object], raw: bytes) -> Names:
    """The names in a file's bytes; a warning is logged, an error is a ValueError."""
    names, problems = read_names(str(file), raw)
    if names is None:
        raise ValueError("it is not understood\n" + "\n".join(map(str, problems)))
    for problem in problems:
        log(f"{problem}")
    return names
