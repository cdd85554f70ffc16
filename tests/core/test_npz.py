import io
import pickle
import zipfile

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


def zip_bytes(content: bytes) -> bytes:
    """Return a zip file of one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", content)
    return buffer.getvalue()


def later_member_damaged() -> bytes:
    """Return an npz file whose second member does not begin as it must."""
    first, second, rest = npz.pack(ARRAYS, is_compressed=True).split(b"PK\x03\x04")[1:]
    return b"PK\x03\x04" + first + b"PK\x03\x05" + second + b"PK\x03\x04" + rest


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
    ("content", "reason"),
    [
        (b"", "not an npz file"),
        (b"these are no arrays", "not an npz file"),
        (pickle.dumps([1, 2, 3]), "not an npz file"),
        (npy_bytes(np.zeros(2)), "not an npz file"),
        (npz.pack(ARRAYS)[:-1], "the npz file is damaged"),
        (npz.pack(ARRAYS)[:100], "the npz file is damaged"),
        (npz.pack({"objects": np.array([None])}), "the npz file is damaged"),
        (npz.pack(ARRAYS).replace(b"descr", b"depth"), "the npz file is damaged"),
        (later_member_damaged(), "the npz file is damaged"),
        (zip_bytes(b"these are no arrays"), "the npz file holds something else than arrays"),
    ],
    ids=[
        "empty",
        "text",
        "pickle",
        "one array",
        "one byte short",
        "cut",
        "objects",
        "header",
        "member",
        "zip",
    ],
)
def test_what_is_damaged_or_of_another_kind_is_a_value_error_with_a_short_reason(content, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
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
