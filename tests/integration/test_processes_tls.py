"""Real processes: HTTPS on the public address, and a certificate that is renewed while it serves."""

import asyncio
import signal
import ssl
from urllib.parse import urlsplit

from tests.integration.processes import Proxy
from tests.patience import until
from tests.unit.server.test_read_settings import certificate_in


async def shown(proxy: Proxy) -> bytes:
    """The certificate that a new shopper is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    where = urlsplit(proxy.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port, ssl=context)
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    assert writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
    writer.close()
    return certificate


async def test_https_is_served_and_a_renewed_certificate_shown_after_hup(tmp_path):
    certificate, key = certificate_in(tmp_path)
    proxy = Proxy(tmp_path, tls_cert=str(certificate), tls_key=str(key))
    proxy.rule()
    async with proxy:
        assert proxy.url.startswith("https://")
        assert await proxy.get("/", ssl=False) == "ok"
        first = await shown(proxy)
        certificate_in(tmp_path)
        proxy.tell(signal.SIGHUP)
        await until(lambda: another_is_shown(proxy, first), proxy.log)
        second = await shown(proxy)
        key.write_text("not a key")
        proxy.tell(signal.SIGHUP)
        await proxy.says("the certificate cannot be used, the old one stays")
        assert await shown(proxy) == second
        proxy.tell()
        assert await proxy.ended() == 0


async def another_is_shown(proxy: Proxy, before: bytes) -> bool:
    return await shown(proxy) != before
