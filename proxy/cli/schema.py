"""`sponsored-proxy schema`: the rule format as a JSON Schema, for editors."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from proxy.errors import SettingsTrouble
from proxy.rules.schema import json_schema

_EDITORS: Final = """
With the YAML extension of VS Code (and whatever else speaks to yaml-language-server), begin a rule file with
  # yaml-language-server: $schema=../rule.schema.json
or name it once for all of them in settings.json:
  "yaml.schemas": {"rule.schema.json": "rules/*.yaml"}
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `schema` to the command line."""
    parser = subparsers.add_parser(
        "schema",
        help="JSON Schema of the rule format, for editors",
        description="Print the rule format as a JSON Schema, for editors that complete and underline.",
        epilog=_EDITORS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="write it there; else to standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print it, or write it; the exit code."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if args.out is None:
        sys.stdout.write(text)
        return 0
    try:
        args.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsTrouble(f"--out {args.out}: {error.strerror}") from error
    return 0
