import io

import numpy as np
import pytest

from mnist_core import npz

ARRAYS = {
    "weights": np.array([[1.5, -2.5]], np.float32),
    "a text": np.array("seven"),
    "empty": np.zeros((0, 28, 28), np.uint8),
}


def npy_bytes(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("is_compressed", [False, True])
def test_what_is_packed_is_unpacked_in_its_order(is_compressed):
    content = npz.pack(ARRAYS, is_compressed=is_compressed)

    arrays = npz.unpack(content)

    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_nothing_is_packed_too():
    assert npz.unpack(npz.pack({})) == {}


def test_compressed_they_take_less_room():
    zeros = {"zeros": np.zeros(10_000)}

    assert len(npz.pack(zeros, is_compressed=True)) < len(npz.pack(zeros)) / 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"these are no arrays",
        npz.pack(ARRAYS)[:-1],
        npz.pack(ARRAYS)[:100],
        npy_bytes(np.zeros(2)),
        npz.pack({"objects": np.array([None])}),
        npz.pack(ARRAYS).replace(b"descr", b"depth"),
        npz.pack(ARRAYS, is_compressed=True).replace(b"PK\x03\x04", b"PK\x03\x05"),
    ],
    ids=["empty", "text", "one byte short", "cut", "one array", "objects", "header", "member"],
)
def test_what_is_damaged_or_of_another_kind_is_a_value_error_with_a_reason(content):
    with pytest.raises(ValueError, match=r"."):
        npz.unpack(content)


def test_whatever_byte_is_damaged_it_is_a_value_error_or_harmless():
    whole = npz.pack({"weights": ARRAYS["weights"]}, is_compressed=True)
    for position in range(len(whole)):
        for mask in (0x01, 0x40, 0xFF):
            damaged = bytearray(whole)
            damaged[position] ^= mask
            try:
                arrays = npz.unpack(bytes(damaged))
            except ValueError:
                continue
            # Some bytes, such as the time of a zip member, mean nothing.
            (array,) = arrays.values()
            np.testing.assert_array_equal(array, ARRAYS["weights"])
