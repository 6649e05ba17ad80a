"""`sponsored-proxy schema`: the rule format as a JSON Schema, for editors."""

import argparse
import json

from proxy.rules.schema import json_schema


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `schema` to the command line."""
    parser = subparsers.add_parser(
        "schema",
        help="JSON Schema of the rule format, for editors",
        description="Print the rule format as a JSON Schema. In VS Code with the YAML extension, begin a rule "
        "file with `# yaml-language-server: $schema=rule.schema.json`.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print it; the exit code."""
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
