"""HTTPS on the public address. How we speak TLS to others is `wire/tls.py`."""

import ssl

from proxy.server.settings import Settings


def for_shoppers(settings: Settings) -> ssl.SSLContext | None:
    """How HTTPS is spoken on the public address; None: plain HTTP."""
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])  # HTTP/2 and 3 end in front of us
    read_certificate(context, settings)
    return context


def read_certificate(context: ssl.SSLContext, settings: Settings) -> None:
    """Read the certificate and its key; handshakes from now on use them.

    Raises:
        OSError: they cannot be used; the old ones stay.
    """
    if settings.tls_cert is not None:
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
