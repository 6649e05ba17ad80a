"""TLS contexts: towards shoppers, and towards those whom we ask.

Names are always checked and TLS 1.2 is the least. What the environment says
(SSL_CERT_FILE aside, which OpenSSL itself reads) changes nothing.
"""

import ssl
from pathlib import Path

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


def towards(ca: Path | None, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """How we speak to a server that we ask.

    Args:
        ca: whom to trust instead of the system's authorities.
        certificate: our own, where the server wants one.
        key: the certificate's key.
    """
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if certificate is not None:
        context.load_cert_chain(certificate, key, password="")
    return context
