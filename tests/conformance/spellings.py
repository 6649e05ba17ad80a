"""About two hundred malformed spellings of `Transfer-Encoding: chunked`.

Made, not copied: every byte that some parser somewhere skips, trims or takes
for a space, at each of the four places around name, colon and value; folded
lines; and the header hidden behind a line end that only some parsers see.
Each stands next to a Content-Length in the tests.
"""

from typing import Final

_NAME: Final = b"Transfer-Encoding"
_ODD: Final = [*range(0x0A), 0x0B, 0x0C, *range(0x0E, 0x21), 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0xC2, 0xFF]


def _around() -> list[bytes]:
    spellings = []
    for byte in (bytes([number]) for number in _ODD):
        spellings.append(byte + _NAME + b": chunked")
        spellings.append(_NAME + byte + b": chunked")
        if byte not in (b" ", b"\t"):  # around a value these two are plain white space
            spellings.append(_NAME + b":" + byte + b"chunked")
            spellings.append(_NAME + b": chunked" + byte)
    return spellings


_LINES: Final = [
    b"X: y\n" + _NAME + b": chunked",
    b"X: y\r" + _NAME + b": chunked",
    b"X: y\r\r\n" + _NAME + b": chunked",
    b"X: y\n\r" + _NAME + b": chunked",
    b"X:\n" + _NAME + b": chunked",
    b"X: y\x00" + _NAME + b": chunked",
    b"X: y\x0b" + _NAME + b": chunked",
    _NAME + b"\n : chunked",
    _NAME + b"\r\n : chunked",
    _NAME + b":\n chunked",
    _NAME + b":\r\n chunked",
    _NAME + b":\r\n\tchunked",
    _NAME + b": chunk\r\n ed",
    _NAME + b": chunked\r\n ",
    _NAME + b": x\r\n chunked",
    b"Transfer-\r\n Encoding: chunked",
    b"Transfer-\r\nEncoding: chunked",
    b" " + _NAME + b": chunked",
    b"\t" + _NAME + b": chunked",
    b"Foo: bar\r\n " + _NAME + b": chunked",
]

_VALUES: Final = [
    b"chunked,",
    b",chunked",
    b"chunked, chunked",
    b"chunked,identity",
    b"identity, chunked",
    b"identity",
    b"gzip, chunked",
    b"chunked;q=1",
    b"chunked; x=y",
    b"xchunked",
    b"chunkedx",
    b"chunke",
    b"cow, chunked",
    b"chunked\x00",
    b'"chunked"',
    b"'chunked'",
    b"(chunked)",
    b"=chunked",
    b"chunked/1",
    b"0chunked",
    b"",
    b",",
    b" ",
    b"chunked chunked",
    b"chunked\xe2\x80\x8b",
    "ｃｈｕｎｋｅｄ".encode(),
    b"chunKed",  # U+212A, the Kelvin sign, lower-cases to k
]

_NAMES: Final = [
    b"Transfer_Encoding",
    b"Transfer Encoding",
    b"TransferEncoding",
    b"Transfer.Encoding",
    b"Transfer--Encoding",
    "Transfer‐Encoding".encode(),
    b'"Transfer-Encoding"',
    b"Transfer-Encoding,",
    b"Transfer-Encoding;",
    b":Transfer-Encoding",
    b"(Transfer-Encoding)",
]

_TWICE: Final = [
    _NAME + b": chunked\r\n" + _NAME + b": identity",
    _NAME + b": identity\r\n" + _NAME + b": chunked",
    _NAME + b": x\r\n" + _NAME + b": chunked",
    _NAME + b": chunked\r\n" + _NAME + b":",
    _NAME + b": chunked\r\ntransfer-encoding: chunked",
    _NAME + b" chunked",
    _NAME + b"=chunked",
    _NAME,
    _NAME + b":chunked",
    b"TRANSFER-ENCODING: CHUNKED",
]

SPELLINGS: Final = [
    *_around(),
    *_LINES,
    *(_NAME + b": " + value for value in _VALUES),
    *(name + b": chunked" for name in _NAMES),
    *_TWICE,
]
