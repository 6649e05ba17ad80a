"""proxy/wire/tls.py: who is not who it says it is gets no byte of a request."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proxy.wire import BrokenAnswer, NoAnswer, Refused, tls
from tests.unit.wire.scripted import Talk, answer, get, playing, saying

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


class Authority:
    """Makes certificates in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        certificate = self._builder(self._name, self._key, NOW + DAY).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file = str(folder / "ca.pem")
        Path(self.file).write_bytes(_pem(certificate.sign(self._key, hashes.SHA256())))

    def certificate(self, name: str, *names: str, until: datetime.datetime = NOW + DAY) -> tuple[str, str]:
        """The files of a certificate for these names, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        alternative = [_general(each) for each in (name, *names)]
        made = self._builder(subject, key, until).add_extension(x509.SubjectAlternativeName(alternative), False)
        return self._write(name, _pem(made.sign(self._key, hashes.SHA256())), key)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime):  # type: ignore[no-untyped-def]
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(NOW - 30 * DAY).not_valid_after(until)

    def _write(self, name: str, certificate: bytes, key: ec.EllipticCurvePrivateKey) -> tuple[str, str]:
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(certificate)
        form = serialization.PrivateFormat.PKCS8
        files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return str(files[0]), str(files[1])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def serving(files: tuple[str, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


async def test_an_origin_with_a_good_certificate_is_asked_and_its_connection_kept(authority: Authority) -> None:
    server = serving(authority.certificate("localhost", "127.0.0.1"))
    server.set_alpn_protocols(["h2", "http/1.1"])
    body = b"x" * 1_000_000
    async with playing(saying(answer(body)), server) as origin:
        for url in (f"https://localhost:{origin.port}", f"https://127.0.0.1:{origin.port}"):
            client = origin.client(url=url, ssl=tls.context(authority.file))
            for _ in range(3):
                response = await client.send(get(), method="GET", first_byte=5)
                assert await response.read(1_000_000) == body
            assert client.pool.opened == 1
            (connection,) = client.pool._open
            assert connection.transport is not None
            assert connection.transport.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"


def wrong_host(authority: Authority) -> ssl.SSLContext:
    return serving(authority.certificate("other.example"))


def expired(authority: Authority) -> ssl.SSLContext:
    return serving(authority.certificate("localhost", until=NOW - DAY))


def of_another_authority(authority: Authority) -> ssl.SSLContext:
    folder = Path(authority.file).parent / "other"
    folder.mkdir(exist_ok=True)
    return serving(Authority(folder).certificate("localhost"))


def of_1_1(authority: Authority) -> ssl.SSLContext:
    context = serving(authority.certificate("localhost"))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("made", [wrong_host, expired, of_another_authority, of_1_1])
async def test_an_origin_that_cannot_prove_its_name_is_refused(
    authority: Authority, made: Callable[[Authority], ssl.SSLContext]
) -> None:
    async with playing(saying(answer()), made(authority)) as origin:
        client = origin.client(url=origin.url, ssl=tls.context(authority.file))
        with pytest.raises(Refused) as refused:
            await client.send(get(), method="GET", first_byte=5)
        assert str(refused.value).startswith("TLS: ")
        assert origin.seen == []
        assert client.pool.size == 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_the_old_version_that_is_refused_would_otherwise_have_worked(authority: Authority) -> None:
    async with playing(saying(answer()), of_1_1(authority)) as origin:
        careless = tls.context(authority.file)
        careless.minimum_version = ssl.TLSVersion.TLSv1
        careless.set_ciphers("DEFAULT@SECLEVEL=0")
        client = origin.client(url=origin.url, ssl=careless)
        assert (await client.send(get(), method="GET", first_byte=5)).status == 200


async def test_the_systems_authorities_alone_do_not_know_ours(authority: Authority) -> None:
    async with playing(saying(answer()), serving(authority.certificate("localhost"))) as origin:
        with pytest.raises(Refused):
            await origin.client(url=origin.url).send(get(), method="GET", first_byte=5)
        assert origin.seen == []


async def test_an_origin_that_speaks_no_tls_is_refused() -> None:
    async def script(talk: Talk) -> None:
        heard.append(await talk.reader.read(100_000))
        await talk.say(answer(status=b"400 Bad Request"))

    heard: list[bytes] = []
    async with playing(script) as origin:
        client = origin.client(url=f"https://localhost:{origin.port}")
        with pytest.raises(Refused):
            await client.send(get(), method="GET", first_byte=5)
        assert b"GET" not in b"".join(heard)


async def test_a_certificate_of_our_own_is_shown_where_it_is_asked_for(authority: Authority) -> None:
    server = serving(authority.certificate("localhost"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(authority.file)
    async with playing(saying(answer()), server) as origin:
        ours = tls.context(authority.file, *authority.certificate("us"))
        client = origin.client(url=origin.url, ssl=ours)
        assert await (await client.send(get(), method="GET", first_byte=5)).read(9) == b"hello"
        without = origin.client(url=origin.url, ssl=tls.context(authority.file))
        with pytest.raises((NoAnswer, BrokenAnswer, Refused)):
            await without.send(get(), method="GET", first_byte=5)


async def test_a_body_without_framing_ends_with_the_farewell_of_tls(authority: Authority) -> None:
    said = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000
    async with playing(saying(said, close=True), serving(authority.certificate("localhost"))) as origin:
        client = origin.client(url=origin.url, ssl=tls.context(authority.file))
        response = await client.send(get(), method="GET", first_byte=5)
        assert await response.read(100_000) == b"x" * 100_000


def test_files_that_cannot_be_used_are_told() -> None:
    with pytest.raises(OSError):
        tls.context("/nowhere/ca.pem")
    with pytest.raises(OSError):
        tls.context(certificate="/nowhere/us.pem")


def test_old_versions_are_off_and_names_are_checked() -> None:
    context = tls.context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


async def test_a_body_that_is_cut_off_without_a_farewell_never_looks_complete(authority: Authority) -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        talk.abort()

    async with playing(script, serving(authority.certificate("localhost"))) as origin:
        client = origin.client(url=origin.url, ssl=tls.context(authority.file))
        with pytest.raises((BrokenAnswer, NoAnswer)):
            await (await client.send(get(), method="GET", first_byte=5)).read(100)
