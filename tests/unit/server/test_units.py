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
