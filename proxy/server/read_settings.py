"""Flags and environment in; `Settings`, or every problem, out.

Each problem is a line that names the flag or the variable, says what is wrong
and what to write instead. All come at once. A secret is never repeated.
"""

import argparse
import difflib
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from proxy.errors import SettingsTrouble
from proxy.events.taking.segment.configuration import problems_of
from proxy.server.key import Key, cleaned, read_key
from proxy.server.settings import KEY_VARIABLE, PREFIX, SETTINGS, Setting, Settings


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Every setting as a flag. They stay text here: `read_settings` reads them all at once."""
    for setting in SETTINGS:
        default = f"; default {setting.default}" if setting.default and not setting.is_switch else ""
        text = f"{setting.help} [{setting.variable}{default}]".replace("%", "%%")
        if setting.is_switch:
            parser.add_argument(setting.flag, action="store_const", const="true", help=text)
        else:
            parser.add_argument(setting.flag, metavar=setting.shape, help=text)


def read_settings(flags: Mapping[str, str | None], environment: Mapping[str, str], *, first: bool = True) -> Settings:
    """The settings that flags (by attribute name) and environment give together; a flag wins.

    Args:
        flags: by attribute name.
        environment: by variable.
        first: whether files that are read again later are to be usable now, too.

    Raises:
        SettingsTrouble: with a line for every problem.
    """
    problems: list[str] = []
    told: dict[str, str] = {}
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        name, text = _said(setting, flags, environment)
        values[setting.attribute] = _value(setting, name, text, problems)
        if text is not None:
            told[setting.attribute] = text
    values["ads_key"] = _key(values["ads_key_file"], environment, problems)
    problems.extend(_contradictions(values))
    segment = [values[f"segment_{name}"] for name in ("write_key_file", "secret_file", "mapping")]
    problems.extend(problems_of(*segment) if first else ())
    if problems:
        raise SettingsTrouble("\n".join(problems))
    return Settings(**values, told=told)


def again(told: Mapping[str, str], key: str) -> Settings:
    """The same settings in another process: what it was told, and the key that came apart from it.

    A file that was usable when the service started and is not so now keeps no worker from starting.
    """
    return read_settings({**told, "ads_key_file": None}, {KEY_VARIABLE: key}, first=False)


def _said(setting: Setting, flags: Mapping[str, str | None], environment: Mapping[str, str]) -> tuple[str, str | None]:
    """Where a setting was said, and the text; an empty variable says nothing."""
    text = flags.get(setting.attribute)
    if text is None and environment.get(setting.variable):
        return setting.variable, environment[setting.variable]
    return setting.flag, text


def _value(setting: Setting, name: str, text: str | None, problems: list[str]) -> Any:
    if text is None and setting.required:
        how = f"write {setting.flag} {setting.shape}, or set {setting.variable}"
        problems.append(f"{setting.flag} is missing ({setting.help}); {how}")
    text = setting.default if text is None else text
    try:
        return None if text is None else setting.read(text)
    except ValueError as trouble:
        problems.append(f"{name}{'' if setting.secret else f' {text}'}: {trouble}")
        return None


def _key(file: Path | None, environment: Mapping[str, str], problems: list[str]) -> Key:
    source = KEY_VARIABLE if file is None else f"--ads-key-file {file}"
    try:
        if file is not None:
            return Key(read_key(file))
        if KEY_VARIABLE in environment:
            return Key(cleaned(environment[KEY_VARIABLE]))
        how = f"put it into a file and write --ads-key-file FILE, or set {KEY_VARIABLE}"
        problems.append(f"the ad platform's key is missing; {how}")
    except OSError as trouble:
        problems.append(f"{source}: cannot be read ({trouble.strerror}); put the key there, on one line")
    except ValueError as trouble:
        problems.append(f"{source}: {trouble}")
    return Key("")


def _contradictions(values: Mapping[str, Any]) -> Iterable[str]:
    """What may be right alone and is wrong together."""
    for kind in ("tls", "upstream"):
        certificate, key = values[f"{kind}_cert"], values[f"{kind}_key"]
        if (certificate is None) != (key is None):
            yield f"--{kind}-cert and --{kind}-key belong together; write both, or neither"
        elif certificate is not None:
            yield from _unusable_pair(kind, certificate, key)
    if values["no_events"] and values["widget_auctions"]:
        yield "--no-events and --widget-auctions: without events no path is ours; leave one of the two out"
    yield from _of_segment(values)
    admin, listen = values["admin"], values["listen"]
    if admin is not None and not admin.is_loopback and values["admin_token"] is None:
        how = f"set {PREFIX}ADMIN_TOKEN, or write an address of this machine such as 127.0.0.1:9090"
        yield f"--admin {admin}: others than this machine can reach it; {how}"
    if admin is not None and admin == listen and admin.port:
        yield f"--admin {admin}: shoppers come in there (--listen); write another port"


def _of_segment(values: Mapping[str, Any]) -> Iterable[str]:
    keys = [name for name in ("segment_write_key_file", "segment_secret_file") if values[name] is not None]
    for name in keys if values["no_events"] else ():
        flag = f"--{name.replace('_', '-')}"
        yield f"--no-events and {flag}: without events no path is ours; leave one of the two out"
    if values["segment_mapping"] is not None and not keys:
        how = "write --segment-write-key-file, or --segment-secret-file, too"
        yield f"--segment-mapping: nothing of Segment's is taken without a key; {how}"


def _unusable_pair(kind: str, certificate: Path, key: Path) -> Iterable[str]:
    try:
        # An empty password: an encrypted key must fail here, not ask on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as trouble:  # ssl.SSLError is an OSError
        why = getattr(trouble, "reason", None) or getattr(trouble, "strerror", None) or "is the key encrypted?"
        how = "write a PEM chain, and its own key without a password"
        yield f"--{kind}-cert {certificate} with --{kind}-key {key}: cannot be used ({why}); {how}"


def misspelt_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like a setting of ours and are none.

    A hint and no error: for a Service of our name Kubernetes itself sets SPONSORED_PROXY_PORT and the like.
    """
    known = [setting.attribute.upper() for setting in SETTINGS] + [KEY_VARIABLE.removeprefix(PREFIX)]
    hints: list[str] = []
    for name in sorted(environment):
        ending = name.removeprefix(PREFIX)
        if ending not in (name, *known) and not ending.startswith(("PORT", "SERVICE_")):
            near = difflib.get_close_matches(ending, known, 1, 0.75)
            hints.extend(f"{name} is no setting; did you mean {PREFIX}{match}?" for match in near)
    return hints
