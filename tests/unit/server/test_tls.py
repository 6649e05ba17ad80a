import ssl

import pytest

from proxy.server import tls
from proxy.server.read_settings import read_settings
from proxy.server.settings import KEY_VARIABLE
from tests.unit.server.test_read_settings import certificate_in


def settings(**flags):
    return read_settings({"upstream": "http://x"} | flags, {KEY_VARIABLE: "k"})


def test_without_a_certificate_it_is_plain_http():
    assert tls.for_shoppers(settings()) is None


def test_https_is_modern_and_speaks_http_1(tmp_path):
    certificate, key = certificate_in(tmp_path)
    context = tls.for_shoppers(settings(tls_cert=str(certificate), tls_key=str(key)))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_NONE  # shoppers show none


def test_a_certificate_that_cannot_be_used_leaves_the_old_one(tmp_path):
    certificate, key = certificate_in(tmp_path)
    told = settings(tls_cert=str(certificate), tls_key=str(key))
    context = tls.for_shoppers(told)
    key.write_text("x")
    with pytest.raises(OSError):
        tls.read_certificate(context, told)
