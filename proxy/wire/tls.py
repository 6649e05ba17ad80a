"""How we speak TLS to an origin: names and certificates checked, 1.2 or newer, HTTP/1.1 only.

There is no switch that turns the checks off. An origin with a certificate of
its own authority is reached by naming that authority's file.
"""

import ssl


def context(ca_file: str | None = None, certificate: str | None = None, key: str | None = None) -> ssl.SSLContext:
    """A context for clients. Files are PEM; `certificate` (and `key`) is shown to an origin that asks for one.

    Raises `OSError` (also `ssl.SSLError`) where a file cannot be used.
    """
    made = ssl.create_default_context(cafile=ca_file)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    if certificate is not None:
        made.load_cert_chain(certificate, key)
    return made
