import argparse
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proxy.errors import SettingsTrouble
from proxy.server import units
from proxy.server.read_settings import add_flags, again, misspelt_variables, read_settings
from proxy.server.settings import KEY_VARIABLE, SETTINGS
from proxy.server.units import Address

UPSTREAM = {"upstream": "http://search.example"}
KEY = {KEY_VARIABLE: "canary-key"}


def problems_of(flags, environment=KEY):
    with pytest.raises(SettingsTrouble) as trouble:
        read_settings(UPSTREAM | flags, environment)
    return str(trouble.value)


def test_the_defaults_are_those_of_the_contract():
    settings = read_settings(UPSTREAM, KEY)
    assert settings.upstream == "http://search.example"
    assert settings.listen == Address("127.0.0.1", 8080)
    assert settings.admin == Address("127.0.0.1", 9090)
    assert (settings.workers, settings.max_body, settings.upstream_timeout) == (1, 4 * 1024**2, 60.0)
    assert (settings.drain, settings.drain_lag, settings.log_format) == (30.0, 0.0, "text")
    assert (settings.ads_url, settings.ads_api) == ("https://api.topsort.com", "v2")
    assert settings.trusted_proxies == units.PRIVATE
    assert not settings.preserve_host
    assert not settings.no_status_headers
    assert (settings.events_prefix, settings.events_origins, settings.events_rate) == ("/topsort", None, None)
    assert settings.outbox_size == 2**30
    assert not settings.no_events
    assert not settings.widget_auctions


def test_a_variable_is_read_and_a_flag_wins():
    environment = KEY | {
        "SPONSORED_PROXY_WORKERS": "4",
        "SPONSORED_PROXY_DRAIN": "1m",
        "SPONSORED_PROXY_PRESERVE_HOST": "yes",
    }
    settings = read_settings(UPSTREAM | {"workers": "2"}, environment)
    assert (settings.workers, settings.drain, settings.preserve_host) == (2, 60.0, True)


def test_what_is_told_about_events_reaches_the_workers():
    flags = {
        "events_prefix": "/",
        "events_origins": "https://a.example",
        "events_rate": "50/s",
        "widget_auctions": "true",
    }
    settings = read_settings(UPSTREAM | flags | {"outbox_size": "2MiB"}, KEY)
    worker = again(settings.told, "canary-key")
    assert (worker.events_prefix, worker.events_origins, worker.events_rate) == ("", ("https://a.example",), (50, 1))
    assert (worker.outbox_size, worker.widget_auctions) == (2 * 2**20, True)
    assert read_settings(UPSTREAM | {"events_prefix": ""}, KEY).events_prefix == ""


def test_widgets_auctions_without_events_are_noticed():
    assert "--no-events and --widget-auctions" in problems_of({"no_events": "true", "widget_auctions": "yes"})


def test_segments_files_are_read_before_anything_starts_and_never_repeated(tmp_path):
    files = {"write_key_file": "canary one", "secret_file": "canary\ncanary", "mapping": "tracks: {}"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    problems = problems_of({f"segment_{name}": str(tmp_path / name) for name in files})
    for flag in ("--segment-write-key-file", "--segment-secret-file", "--segment-mapping"):
        assert flag in problems
    assert f"{tmp_path}/mapping:1  tracks: there is no such key" in problems
    assert "canary" not in problems
    assert "cannot be read (No such file" in problems_of({"segment_secret_file": str(tmp_path / "none")})


def test_segments_files_without_what_they_are_for_are_noticed(tmp_path):
    (tmp_path / "file").write_text("pageviews: page")
    file = str(tmp_path / "file")
    assert "--segment-mapping: nothing of Segment's is taken" in problems_of({"segment_mapping": file})
    (tmp_path / "file").write_text("key")
    told = {"segment_write_key_file": file, "segment_secret_file": file, "no_events": "true"}
    problems = problems_of(told)
    assert "--no-events and --segment-write-key-file" in problems
    assert "--no-events and --segment-secret-file" in problems


def test_a_worker_starts_though_segments_files_are_gone_and_was_told_nothing_of_what_is_in_them(tmp_path):
    (tmp_path / "keys").write_text("canary-of-segment")
    settings = read_settings(UPSTREAM | {"segment_write_key_file": str(tmp_path / "keys")}, KEY)
    assert "canary-of-segment" not in f"{settings!r} {settings.told}"
    (tmp_path / "keys").unlink()
    assert again(settings.told, "canary-key").segment_write_key_file == tmp_path / "keys"


def test_an_outbox_that_holds_nothing_is_noticed():
    assert "--outbox-size 64KiB: too small" in problems_of({"outbox_size": "64KiB"})


def test_an_empty_variable_says_nothing():
    assert read_settings(UPSTREAM, KEY | {"SPONSORED_PROXY_WORKERS": ""}).workers == 1


def test_every_problem_comes_at_once_each_with_its_flag_or_variable():
    flags = {"upstream": "search.example", "max_body": "4Mb", "tls_cert": "/nowhere", "ads_api": "v3"}
    lines = problems_of(flags, {"SPONSORED_PROXY_DRAIN": "soon"}).splitlines()
    assert [line.split(" ")[0] for line in lines[:5]] == [
        "--upstream",
        "--max-body",
        "--tls-cert",
        "--ads-api",
        "SPONSORED_PROXY_DRAIN",
    ]
    assert "key is missing" in lines[5]
    assert all("write" in line or "no such file" in line for line in lines[:5])


def test_without_an_upstream_it_says_how_to_name_it():
    with pytest.raises(
        SettingsTrouble, match=r"--upstream is missing .* write --upstream URL, or set SPONSORED_PROXY_UPSTREAM"
    ):
        read_settings({}, KEY)


def test_the_key_comes_from_its_file(tmp_path):
    (tmp_path / "key").write_text("  canary-key\n")
    assert read_settings(UPSTREAM | {"ads_key_file": str(tmp_path / "key")}, {}).ads_key() == "canary-key"


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), ("\n", "empty"), ("two words", "more than a key"), ("a\nb", "more than a key")]
)
def test_what_is_no_key_is_refused_and_never_repeated(tmp_path, text, why):
    (tmp_path / "key").write_text(text)
    problems = problems_of({"ads_key_file": str(tmp_path / "key")}, {})
    assert why in problems
    assert "words" not in problems


def test_a_key_file_that_is_not_there_is_a_problem(tmp_path):
    assert "cannot be read (No such file" in problems_of({"ads_key_file": str(tmp_path / "key")}, {})


def test_no_secret_shows_itself():
    settings = read_settings(UPSTREAM, KEY | {"SPONSORED_PROXY_ADMIN_TOKEN": "a-long-enough-token"})
    assert "canary-key" not in repr(settings)
    assert "a-long-enough-token" not in repr(settings)
    assert "canary-key" not in str(settings.told)
    assert "short" not in problems_of({"admin_token": "short"})


def test_an_admin_address_that_others_reach_needs_a_token():
    assert "SPONSORED_PROXY_ADMIN_TOKEN" in problems_of({"admin": "0.0.0.0:9090"})
    assert (
        read_settings(UPSTREAM | {"admin": "0.0.0.0:9090", "admin_token": "a-long-enough-token"}, KEY).admin.port
        == 9090
    )


def test_admin_and_shoppers_have_an_address_each():
    assert "write another port" in problems_of({"admin": "127.0.0.1:8080"})


def test_half_a_certificate_is_refused(tmp_path):
    (tmp_path / "cert.pem").write_text("x")
    assert "--tls-cert and --tls-key belong together" in problems_of({"tls_cert": str(tmp_path / "cert.pem")})


def test_a_certificate_that_cannot_be_used_is_refused(tmp_path):
    certificate, key = certificate_in(tmp_path)
    assert read_settings(UPSTREAM | {"tls_cert": str(certificate), "tls_key": str(key)}, KEY).tls_cert == certificate
    key.write_text("x")
    assert "cannot be used" in problems_of({"tls_cert": str(certificate), "tls_key": str(key)})


def certificate_in(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime.datetime(2020, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begin).not_valid_after(begin + datetime.timedelta(36500))
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return folder / "cert.pem", folder / "key.pem"


def test_a_worker_reads_the_same_settings_from_what_it_is_told():
    told = read_settings(UPSTREAM | {"drain": "7s", "preserve_host": "true"}, KEY | {"SPONSORED_PROXY_WORKERS": "3"})
    read = again(told.told, "canary-key")
    assert (read.drain, read.preserve_host, read.workers, read.ads_key()) == (7.0, True, 3, "canary-key")


def test_every_setting_is_a_flag():
    parser = argparse.ArgumentParser()
    add_flags(parser)
    flags = [part for setting in SETTINGS for part in ([setting.flag] if setting.is_switch else [setting.flag, "x"])]
    parsed = vars(parser.parse_args(flags))
    assert set(parsed) == {setting.attribute for setting in SETTINGS}
    assert all(parsed.values())
    assert "%" not in parser.format_help().replace("100 %", "")


def test_a_misspelt_variable_gets_a_hint_and_kubernetes_own_do_not():
    environment = {
        "SPONSORED_PROXY_UPSTRAEM": "x",
        "SPONSORED_PROXY_PORT": "tcp://10.0.0.1:80",
        "SPONSORED_PROXY_SERVICE_HOST": "10.0.0.1",
        "SPONSORED_PROXY_PORT_80_TCP_ADDR": "10.0.0.1",
        "OTHER": "x",
    }
    assert misspelt_variables(environment | KEY) == [
        "SPONSORED_PROXY_UPSTRAEM is no setting; did you mean SPONSORED_PROXY_UPSTREAM?"
    ]
