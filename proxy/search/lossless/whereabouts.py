"""Where a piece that a decoder handed out stands in the body. Pure.

msgspec's `Raw` is a view of the very bytes that were decoded, so the address
of its buffer, less that of the body's, is its offset. That takes a
microsecond and reads nothing, where a search would read the body again.

It leans on CPython's buffer protocol and on msgspec not copying; neither is
promised. So an address is only ever a suggestion: a piece that lies outside
the body has no place here (`place` is None), and who cuts by a place compares
the bytes first. `scan.py` finds the same places without any address.
"""

import ctypes
from typing import Final

from msgspec import Raw


class _Buffer(ctypes.Structure):
    # Py_buffer of the stable ABI, https://docs.python.org/3/c-api/buffer.html; `obj` stays a bare
    # pointer, so that ctypes counts no references which PyBuffer_Release gives back.
    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


# No `argtypes`: with them ctypes would convert each argument anew, and these are handed over as they must be.
_get = ctypes.pythonapi.PyObject_GetBuffer
_release = ctypes.pythonapi.PyBuffer_Release
_release.restype = None
_of = ctypes.py_object
_SIMPLE: Final = 0
_HEAD: Final = bytes.__basicsize__ - 1  # a bytes object's own bytes begin behind its head; the last counted is the NUL


class Whereabouts:
    """The places of pieces in one body."""

    __slots__ = ("_buffer", "_first", "_pointer", "_size")

    def __init__(self, body: bytes) -> None:
        self._buffer = _Buffer()
        self._pointer = ctypes.byref(self._buffer)
        self._first = id(body) + _HEAD
        self._size = len(body)

    def place(self, piece: bytes | Raw | memoryview) -> tuple[int, int] | None:
        """Offset and length of a piece, or None where it is no part of the body's buffer."""
        buffer, pointer = self._buffer, self._pointer
        _get(_of(piece), pointer, _SIMPLE)
        start, length = (buffer.buf or 0) - self._first, buffer.len
        _release(pointer)
        return (start, length) if start >= 0 and start + length <= self._size else None
