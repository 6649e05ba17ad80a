"""The table of answers, row by row."""

import pytest

from proxy.events.delivering.answers import (
    LONGEST_MESSAGE,
    Answer,
    NotSent,
    Silence,
    Verdict,
    advice_for,
    meaning_of,
    printable,
)

KEY = "TSE_secret"
WALL = 1_700_000_000.0
ERROR = b'{"errCode":"invalid_event_type","message":"no such type","docUrl":"https://docs.example"}'
JSON = b"application/json; charset=utf-8"
PAGE = b"<!doctype html><title>Please log in</title>"


def safe(said):
    return said.replace(KEY, "***")


def means(reply):
    return meaning_of(reply, WALL, safe)


TABLE = {
    "204": (Answer(204), Verdict.TAKEN),
    "200 without a body": (Answer(200), Verdict.TAKEN),
    "200 with JSON": (Answer(200, b'{"clickId":"1"}', JSON), Verdict.TAKEN),
    "200 with JSON that does not say so": (Answer(200, b'\n{"clickId":"1"}'), Verdict.TAKEN),
    "200 with JSON that was cut at our limit": (Answer(200, b'{"clickId":"1', JSON), Verdict.TAKEN),
    "202 with JSON": (Answer(202, b"{}", JSON), Verdict.TAKEN),
    "200 with a page": (Answer(200, PAGE, b"text/html"), Verdict.SET_UP),
    "200 with a page that says it is JSON": (Answer(200, b"\n " + PAGE, JSON), Verdict.SET_UP),
    "200 with an empty page": (Answer(200, b"", b"text/html"), Verdict.SET_UP),
    "200 with plain text": (Answer(200, b"it works!", b"text/plain"), Verdict.SET_UP),
    "200 with nonsense": (Answer(200, b"\xff\xfe"), Verdict.SET_UP),
    "400": (Answer(400, ERROR, JSON), Verdict.REFUSED),
    "413": (Answer(413), Verdict.REFUSED),
    "422": (Answer(422), Verdict.REFUSED),
    "408": (Answer(408), Verdict.AGAIN),
    "425": (Answer(425), Verdict.AGAIN),
    "429": (Answer(429), Verdict.AGAIN),
    "500": (Answer(500, ERROR), Verdict.AGAIN),
    "502 with a page": (Answer(502, PAGE, b"text/html"), Verdict.AGAIN),
    "503": (Answer(503), Verdict.AGAIN),
    "504": (Answer(504), Verdict.AGAIN),
    "a status beyond all": (Answer(599), Verdict.AGAIN),
    "301": (Answer(301), Verdict.SET_UP),
    "302": (Answer(302), Verdict.SET_UP),
    "304": (Answer(304), Verdict.SET_UP),
    "307": (Answer(307), Verdict.SET_UP),
    "308": (Answer(308), Verdict.SET_UP),
    "401": (Answer(401), Verdict.SET_UP),
    "402": (Answer(402), Verdict.SET_UP),
    "403": (Answer(403), Verdict.SET_UP),
    "404": (Answer(404), Verdict.SET_UP),
    "405": (Answer(405), Verdict.SET_UP),
    "409": (Answer(409), Verdict.SET_UP),
    "415": (Answer(415), Verdict.SET_UP),
    "431": (Answer(431), Verdict.SET_UP),
    "451": (Answer(451), Verdict.SET_UP),
    "nobody there": (Silence(sent=False, said="Refused: no connection"), Verdict.AGAIN),
    "no answer": (Silence(sent=True, said="NoAnswer: it ended"), Verdict.AGAIN),
    "no key": (NotSent("the key is empty"), Verdict.SET_UP),
}


@pytest.mark.parametrize("row", TABLE)
def test_every_answer_has_its_verdict(row):
    reply, verdict = TABLE[row]
    assert means(reply).verdict is verdict


def test_only_what_was_sent_without_an_answer_is_ambiguous():
    ambiguous = [row for row, (reply, _) in TABLE.items() if means(reply).ambiguous]
    assert ambiguous == ["no answer"]


def test_both_forms_of_retry_after_are_read():
    assert means(Answer(429, retry_after=b"7")).asked == 7
    assert means(Answer(503, retry_after=b"Tue, 14 Nov 2023 22:13:27 GMT")).asked == 7
    assert means(Answer(503, retry_after=b"soon")).asked is None
    assert means(Answer(503)).asked is None


def test_the_platforms_words_are_kept_with_their_code():
    assert means(Answer(400, ERROR)).said == "status 400, invalid_event_type: no such type"
    assert means(Answer(400, PAGE)).said == "status 400"


def test_of_a_refused_key_only_the_status_is_kept():
    assert means(Answer(401, b'{"errCode":"invalid_api_key","message":"TSE_sec is no key"}')).said == "status 401"
    assert means(Answer(403, b'{"errCode":"invalid_api_key","message":"TSE_sec is no key"}')).said == "status 403"


def test_the_key_is_taken_out_before_the_words_are_cut():
    for length in range(LONGEST_MESSAGE - len(KEY), LONGEST_MESSAGE + 1):
        body = b'{"errCode":"%s","message":"%s%s"}' % (KEY.encode(), b"x" * length, KEY.encode())
        said = means(Answer(400, body)).said
        assert "TSE" not in said
        assert len(said) < 2 * LONGEST_MESSAGE


def test_a_key_in_escapes_is_taken_out_too():
    assert "secret" not in means(Answer(400, b'{"errCode":"a","message":"\\u0054SE_secret"}')).said


def test_words_are_one_line_that_a_terminal_can_show():
    said = means(Answer(422, b'{"errCode":"a\\u0000","message":"x\\r\\n\\u001b[31mERROR\\u202e"}')).said
    assert said == "status 422, a\\u0000: x\\u000d\\u000a\\u001b[31mERROR\\u202e"
    assert printable("Größe 5 €") == "Größe 5 €"


@pytest.mark.parametrize("status", [200, 302, 404, 405])
def test_a_wrong_address_is_named(status):
    assert "--ads-url" in advice_for(status)


def test_every_fault_of_the_set_up_comes_with_advice():
    assert "--ads-key-file" in means(Answer(401)).advice
    assert "--ads-key-file" in means(NotSent("the key is empty")).advice
    assert "invoice" in means(Answer(402)).advice
    assert all(means(reply).advice for reply, verdict in TABLE.values() if verdict is Verdict.SET_UP)
