from proxy.discovery.request import Request


def test_a_request_is_read_as_rules_read_it():
    request = Request("POST", "https://Shop.example:8443/api/s?q=a%20b", (("Cookie", "tsuid=u1"),), b"{}")
    ask = request.ask
    assert (ask.method, ask.target, ask.query["q"], ask.host, ask.cookies["tsuid"], ask.body) == (
        "POST",
        "/api/s?q=a%20b",
        "a b",
        "shop.example",
        "u1",
        b"{}",
    )
    assert request.host == "shop.example"


def test_a_path_alone_is_enough():
    request = Request("GET", "/api/s?q=x")
    assert (request.host, request.ask.path, request.ask.query) == ("", "/api/s", {"q": "x"})


def test_a_host_alone_is_its_root():
    assert Request("GET", "https://shop.example").ask.path == "/"


def test_what_is_no_visible_ascii_goes_percent_encoded():
    assert Request("GET", "/grün lampe?q=ł").ask.target == "/gr%C3%BCn%20lampe?q=%C5%82"
