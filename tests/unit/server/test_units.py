import pytest

from proxy.server import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("150ms", 0.15), ("2s", 2), ("5m", 300), ("72h", 259200), ("7d", 604800), ("1.5s", 1.5), ("0", 0)],
)
def test_durations_are_read(text, seconds):
    assert units.duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "3", "-1s", "1 s", "s", "1e3s", "infs", "nans", "٣s", "1s1s"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="write a number with a unit"):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("64KiB", 65536), ("4MiB", 4194304), ("1 GiB", 2**30), ("10", 10), ("2MB", 2000000)]
)
def test_sizes_are_read(text, size):
    assert units.size(text) == size


@pytest.mark.parametrize("text", ["", "4Mb", "-4MiB", "MiB", "0x10", "1.5MiB"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="write a number with a unit"):
        units.size(text)


@pytest.mark.parametrize(
    ("text", "host", "port", "written"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080"),
        ("[::1]:80", "::1", 80, "[::1]:80"),
        ("localhost:0", "localhost", 0, "localhost:0"),
        (":9090", "0.0.0.0", 9090, "0.0.0.0:9090"),
    ],
)
def test_addresses_are_read_and_written(text, host, port, written):
    address = units.address(text)
    assert address == (host, port)
    assert str(address) == written


@pytest.mark.parametrize("text", ["", "8080", "localhost", "::1:80", "a:b", "h:70000", "h:-1", "http://h:1"])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write"):
        units.address(text)


@pytest.mark.parametrize(
    ("text", "own"), [("127.0.0.1:1", True), ("127.9.9.9:1", True), ("[::1]:1", True), ("localhost:1", True), (":1", False), ("10.0.0.1:1", False), ("admin.example:1", False)]
)  # fmt: skip
def test_loopback_is_told_from_the_rest(text, own):
    assert units.address(text).is_loopback is own


@pytest.mark.parametrize(
    "text", ["https://s.example", "http://10.0.0.5:9200", "https://s.example/base", "http://[::1]:80"]
)
def test_urls_are_read_as_they_are(text):
    assert units.url(text) == text


def test_a_urls_last_slash_goes():
    assert units.url("https://s.example/base/") == "https://s.example/base"


@pytest.mark.parametrize(
    "text", ["", "s.example", "ftp://s.example", "http://", "http://h:99999", "http://h:0", "http://a b", "http://h/\n"]
)
def test_what_is_no_url_is_refused(text):
    with pytest.raises(ValueError, match="not a URL"):
        units.url(text)


@pytest.mark.parametrize(
    ("text", "why"), [("http://u:p@h", "logs"), ("http://h?", "behind the path"), ("http://h/#x", "behind the path")]
)
def test_a_url_that_holds_more_than_a_base_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        units.url(text)


def test_networks_are_read():
    assert [str(network) for network in units.networks("10.0.0.0/8, 192.0.2.7 2001:db8::/32")] == [
        "10.0.0.0/8",
        "192.0.2.7/32",
        "2001:db8::/32",
    ]
    assert units.networks("private") == units.PRIVATE
    assert units.networks("none") == ()


def test_what_is_no_network_is_named():
    with pytest.raises(ValueError, match=r"'10\.0\.0\.0/99' is not a network"):
        units.networks("127.0.0.1, 10.0.0.0/99")


@pytest.mark.parametrize(("text", "yes"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False)])
def test_yes_and_no_are_read(text, yes):
    assert units.yes_or_no(text) is yes


@pytest.mark.parametrize("text", ["", "maybe", "2"])
def test_what_is_neither_yes_nor_no_is_refused(text):
    with pytest.raises(ValueError, match="write true or false"):
        units.yes_or_no(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "two", "٣"])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(ValueError, match="whole number"):
        units.whole_number(text)


@pytest.mark.parametrize(("text", "rate"), [("50/s", (50, 1)), ("600/m", (600, 60)), ("5000/h", (5000, 3600))])
def test_rates_are_read(text, rate):
    assert units.rate(text) == rate


@pytest.mark.parametrize("text", ["", "50", "0/s", "-1/s", "50/d", "50/ s", "1.5/s", "50/second", "٣/s"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="such as 50/s"):
        units.rate(text)


@pytest.mark.parametrize(("text", "prefix"), [("", ""), ("/", ""), ("/topsort", "/topsort"), ("/a/b-c.d", "/a/b-c.d")])
def test_path_prefixes_are_read(text, prefix):
    assert units.path_prefix(text) == prefix


@pytest.mark.parametrize(
    "text", ["topsort", "/a/", "//", "//a", "/a//b", "/a?b", "/a#b", "/a%2fb", "/a b", "/a/../b", "/.", "/ä"]
)
def test_what_is_no_path_prefix_is_refused(text):
    with pytest.raises(ValueError, match="write"):
        units.path_prefix(text)


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("*", ("*",)),
        ("https://shop.example", ("https://shop.example",)),
        (" HTTPS://Shop.Example,http://b.example:8080 ", ("https://shop.example", "http://b.example:8080")),
        ("https://shop.example:443 http://b.example:80", ("https://shop.example", "http://b.example")),
        ("https://shop.example:80", ("https://shop.example:80",)),
        ("http://[::1]:80 http://[::1]:8080", ("http://[::1]", "http://[::1]:8080")),
        ("capacitor://localhost", ("capacitor://localhost",)),
        ("https://xn--caf-dma.example", ("https://xn--caf-dma.example",)),
    ],
)
def test_origins_are_read_as_browsers_write_them(text, origins):
    assert units.origins(text) == origins


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "such as https://shop.example"),
        ("shop.example", "such as https://shop.example"),
        ("https://shop.example/", "without a path"),
        ("https://shop.example/a", "without a path"),
        ("https://me@shop.example", "such as https://shop.example"),
        ("https://café.example", "such as https://shop.example"),
        ("https://shop.example:99999", "up to 65535"),
        ("https://*.shop.example", "write each one out"),
        ("*, https://shop.example", "write each one out"),
        ("null", "sandboxed"),
    ],
)
def test_what_is_no_origin_is_refused_with_a_hint(text, hint):
    with pytest.raises(ValueError, match=hint):
        units.origins(text)


@pytest.mark.parametrize(
    "text", ["redis://r:6379/0", "redis://r", "rediss://user:pass@r.example:6380/2", "redis://[::1]:1"]
)
def test_where_a_redis_is_is_read(text):
    assert units.redis_url(text) == text


@pytest.mark.parametrize("text", ["r:6379", "http://r", "redis://", "redis://r/zero", "redis://r:0", "redis://r r"])
def test_what_is_no_redis_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match="write redis://host:6379/0") as refused:
        units.redis_url(text)
    assert text not in str(refused.value).replace("redis://host", "")
