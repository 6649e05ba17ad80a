"""Refusals are written and read in one shape."""

import json

import pytest

from proxy.topsort.errors import DOC_URL, ErrorCode, Refused, read_error, write_error


def test_an_error_has_the_vendors_shape():
    assert json.loads(write_error(ErrorCode.NO_PRODUCTS, "none given")) == {
        "errCode": "no_products",
        "message": "none given",
        "docUrl": DOC_URL,
    }


def test_a_refusal_carries_its_body_and_its_status():
    refused = Refused(ErrorCode.INVALID_API_KEY, "who are you?", 401)
    error = read_error(refused.body)
    assert error is not None
    assert (error.err_code, error.message, refused.status) == ("invalid_api_key", "who are you?", 401)


def test_a_code_that_is_new_to_us_can_be_read():
    error = read_error(b'{"errCode":"brand_new"}')
    assert error is not None
    assert (error.err_code, error.message) == ("brand_new", None)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"errCode":3}', b"\xff", b"[" * 100_000])
def test_what_is_no_error_is_none(body):
    assert read_error(body) is None
