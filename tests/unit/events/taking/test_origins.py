import pytest

from proxy.events.taking.origins import EVERYBODY, PREFLIGHT, Origins

SHOP, HOST = b"https://shop.example", "shop.example"


def welcome(allowed, host=HOST, **fields):
    sent = {name.replace("_", "-").encode(): value for name, value in fields.items()}
    return Origins(allowed).welcome(sent, lambda: host)


# -- by default: the shop itself ----


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (SHOP, HOST),
        (b"http://shop.example", HOST),
        (b"https://SHOP.example", HOST),
        (SHOP, "Shop.Example"),
        (SHOP, "shop.example:443"),
        (b"http://shop.example", "shop.example:80"),
        (b"http://localhost:8080", "localhost:8080"),
        (b"http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_the_host_that_was_asked_is_welcome(origin, host):
    assert welcome(None, host, origin=origin)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (b"https://shop.example.evil.test", HOST),
        (b"https://evil.test", HOST),
        (b"https://evilshop.example", HOST),
        (b"https://m.shop.example", HOST),
        (b"https://shop.example:8443", HOST),
        (b"https://shop.example:443", HOST),
        (SHOP, "shop.example:8443"),
        (b"http://shop.example", "shop.example:443"),
        (b"https://shop.example/", HOST),
        (b"https://shop.example, https://shop.example", HOST),
        (b"shop.example", HOST),
        (b"https://", ""),
        (b"https://user@shop.example", HOST),
        (b"null", HOST),
        (b"null", "null"),
        (b"", ""),
    ],
)
def test_every_other_is_not(origin, host):
    assert welcome(None, host, origin=origin) is None
    assert welcome(None, host, origin=origin, sec_fetch_site=b"cross-site") is None
    assert welcome(None, host, origin=origin, sec_fetch_site=b"none") is None


@pytest.mark.parametrize("site", [b"same-origin", b"same-site"])
def test_a_page_of_the_same_site_is_welcome_by_its_browsers_word(site):
    lines = welcome(None, origin=b"https://m.shop.example", sec_fetch_site=site)
    assert b"Access-Control-Allow-Origin: https://m.shop.example\r\n" in lines


def test_a_page_of_ours_that_hides_its_address_is_taken_and_nobody_reads_the_answer():
    """`Referrer-Policy: no-referrer` makes a beacon's Origin null; the browser still says whose page it is."""
    lines = welcome(None, origin=b"null", sec_fetch_site=b"same-origin")
    assert lines is not None
    assert b"Allow-Origin" not in lines


# -- without an Origin: a server, an app ----


@pytest.mark.parametrize("allowed", [None, ["https://other.example"], EVERYBODY])
def test_who_names_no_origin_is_taken(allowed):
    assert welcome(allowed) == b""
    assert welcome(allowed, sec_fetch_site=b"same-origin") == b""
    assert welcome(allowed, sec_fetch_site=b"none") == b""


def test_unless_a_browser_says_that_it_comes_from_another_site():
    assert welcome(None, sec_fetch_site=b"cross-site") is None
    assert welcome(["https://other.example"], sec_fetch_site=b"cross-site") is None
    assert welcome(EVERYBODY, sec_fetch_site=b"cross-site") == b""


# -- a list ----


@pytest.mark.parametrize(
    "origin", [b"https://a.example", b"https://A.Example", b"http://b.example:8080", b"capacitor://localhost"]
)
def test_who_stands_on_the_list_is_welcome(origin):
    listed = ["https://a.example", "http://b.example:8080", "capacitor://localhost"]
    lines = welcome(listed, origin=origin, sec_fetch_site=b"cross-site")
    assert b"Access-Control-Allow-Origin: %b\r\n" % origin.lower() in lines
    assert b"Vary: Origin\r\n" in lines


@pytest.mark.parametrize(
    "origin",
    [
        b"http://a.example",
        b"https://a.example:8443",
        b"https://a.example:443",
        b"https://a.example.evil.test",
        b"null",
        SHOP,
    ],
)
def test_who_does_not_is_not_whatever_host_was_asked(origin):
    assert welcome(["https://a.example"], origin=origin) is None
    assert welcome(["https://a.example"], origin=origin, sec_fetch_site=b"same-site") is None


def test_a_list_never_shuts_out_the_page_that_asks_its_own_origin():
    assert welcome(["https://a.example"], origin=SHOP, sec_fetch_site=b"same-origin")


# -- everybody ----


def test_everybody_is_welcome_by_name_and_without_credentials():
    lines = welcome(EVERYBODY, origin=b"https://evil.test", sec_fetch_site=b"cross-site")
    assert b"Access-Control-Allow-Origin: https://evil.test\r\n" in lines
    assert b"Credentials" not in lines
    assert b"Access-Control-Allow-Credentials: true\r\n" in welcome(None, origin=SHOP)


def test_what_is_no_origin_is_never_repeated():
    for odd in (b"null", b"x", b"https://a b", b"https://\xff", b"https://a\x0b"):
        assert welcome(EVERYBODY, origin=odd) == b"Vary: Origin\r\n"


def test_a_preflight_is_remembered_for_two_hours_and_allows_what_the_vendors_client_sends():
    assert b"Max-Age: 7200\r\n" in PREFLIGHT
    for name in (b"authorization", b"content-type", b"accept", b"x-ua", b"x-retry-count"):
        assert name in PREFLIGHT
