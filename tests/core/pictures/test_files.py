"""Reading picture files: every format, the damaged, and those that would eat the memory."""

import base64
import io
import struct
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from mnist_core.errors import InvalidImageError
from mnist_core.pictures import files
from mnist_core.pictures.files import MAX_FILE_BYTES, MAX_PIXELS, from_base64, read_picture
from mnist_core.pictures.grey import to_grey
from tests.core.samples import black_on_white, file_bytes

FORMATS = list(MAX_PIXELS)


def png_claiming(width: int, height: int, *, n_bytes: int = 0, is_damaged: bool = False) -> bytes:
    """A PNG of a few bytes whose header claims a size; its pixels are missing, or without end."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    if is_damaged:
        header = header[:-1] + bytes([header[-1] ^ 1])
    data = zlib.compress(bytes(n_bytes)) if n_bytes else b""
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class TestReadPicture:
    @pytest.mark.parametrize("file_format", FORMATS)
    def test_reads_each_format_from_a_file_or_its_bytes(self, file_format, tmp_path):
        content = file_bytes(Image.new("RGB", (12, 7), "white"), file_format)
        path = tmp_path / "picture"  # the ending does not matter
        path.write_bytes(content)

        for source in (content, path):
            picture = read_picture(source)
            assert picture.size == (12, 7)
            assert np.asarray(picture.convert("L")).min() > 250

    @pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "HEIF"])
    def test_turns_a_photo_upright(self, file_format):
        lying = np.zeros((16, 32), np.uint8)
        lying[:, :16] = 255  # bright on the left; upright it is bright at the top
        exif = Image.Exif()
        exif[0x0112] = 6  # orientation: turn by 90 degrees clockwise

        photo = Image.fromarray(lying)
        content = file_bytes(photo, file_format, exif=exif.tobytes())

        picture = read_picture(content)

        upright = np.asarray(picture.convert("L"))
        assert upright.shape == (32, 16)
        assert upright[:14].min() > 200
        assert upright[18:].max() < 50

    @pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP"])
    def test_takes_the_first_frame_of_a_film(self, file_format):
        first, second = Image.new("L", (4, 4), 200), Image.new("L", (4, 4), 20)
        content = file_bytes(first, file_format, save_all=True, append_images=[second])

        assert to_grey(read_picture(content)) == pytest.approx(200, abs=2)

    def test_a_missing_file_is_refused(self, tmp_path):
        with pytest.raises(InvalidImageError, match=r"^the file cannot be read: No such file"):
            read_picture(tmp_path / "digit.png")

    def test_a_directory_is_no_picture(self, tmp_path):
        with pytest.raises(InvalidImageError, match=r"^the file cannot be read: Is a directory$"):
            read_picture(tmp_path)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"this is text",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        ],
        ids=["empty", "text", "svg", "postscript"],
    )
    def test_what_is_no_picture_is_refused(self, content):
        message = "^this is not a picture that can be read; try PNG or JPEG$"

        with pytest.raises(InvalidImageError, match=message):
            read_picture(content)

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_a_truncated_picture_is_refused(self, file_format, dataset):
        content = file_bytes(black_on_white(dataset.test_images[0]), file_format)

        # Half an AVIF does not even say what it is.
        with pytest.raises(InvalidImageError, match=r"cannot be read$|^this is not a picture"):
            read_picture(content[: len(content) // 2])

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"Exif\0\0", b"Ex\xb5f\0\0"),
            (b"rdf+xml\0", b"rdf\xb5xml\0"),
            (b"\0\0\0\x15infe", b"\0\0\0\0infe"),
            (b"\0\0\0\x15infe", b"\0\0\0\1infe"),
            (b"ispe" + bytes(4) + b"\0", b"ispe" + bytes(4) + b"\1"),
        ],
        ids=["kind of an item", "kind of its content", "open end", "long form", "huge within"],
    )
    def test_a_damaged_heic_is_refused_and_ends_nothing(self, before, after):
        exif = Image.Exif()
        exif[0x0112] = 1
        picture = Image.new("RGB", (60, 60))
        content = file_bytes(picture, "HEIF", exif=exif.tobytes(), xmp=b"<x:xmpmeta/>")
        assert before in content

        with pytest.raises(InvalidImageError, match=r"^the picture is damaged and cannot be read$"):
            read_picture(content.replace(before, after, 1))

    @pytest.mark.parametrize("size", [(4_901, 5_000), (20_000, 20_000), (40_000_001, 1)])
    def test_more_than_24_megapixels_are_refused_unread(self, size):
        message = "^the picture has more than 24 megapixels; choose a smaller one$"

        with pytest.raises(InvalidImageError, match=message):
            read_picture(png_claiming(*size))

    def test_a_webp_has_fewer(self):
        content = file_bytes(Image.new("L", (4_001, 3_050)), "WEBP")

        with pytest.raises(InvalidImageError, match=r"^the picture has more than 12 megapixels"):
            read_picture(content)

    def test_24_megapixels_are_read_and_made_smaller(self):
        assert read_picture(file_bytes(Image.new("1", (7_000, 3_500)))).size == (1_024, 512)

    def test_a_single_pixel_is_a_picture(self):
        assert read_picture(file_bytes(Image.new("RGB", (1, 1)))).size == (1, 1)

    @pytest.mark.parametrize("orientation", [1, 6])
    def test_a_large_photo_is_turned_as_a_small_one(self, orientation):
        exif = Image.Exif()
        exif[0x0112] = orientation
        content = file_bytes(Image.new("RGB", (4_000, 3_000)), "JPEG", exif=exif)

        size = read_picture(content).size

        assert size == ((768, 1_024) if orientation == 6 else (1_024, 768))

    @pytest.mark.parametrize("subsampling", [0, 2])
    def test_ink_for_printers_comes_out_in_the_colours_it_is_meant(self, subsampling):
        picture = Image.new("CMYK", (32, 32), (0, 0, 0, 0))  # no ink: white
        picture.paste((0, 0, 0, 255), (0, 0, 16, 32))
        content = file_bytes(picture, "JPEG", subsampling=subsampling, quality=95)

        grey = np.asarray(read_picture(content).convert("L"))

        assert grey[:, :14].max() < 20
        assert grey[:, 18:].min() > 235

    def test_the_name_of_a_file_is_only_where_it_is(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "digit.png").write_bytes(file_bytes(Image.new("L", (3, 4))))

        assert read_picture(tmp_path / "a" / ".." / "digit.png").size == (3, 4)

    @pytest.mark.filterwarnings("ignore:Truncated File Read")
    def test_a_damaged_note_of_the_camera_costs_only_the_turning(self):
        content = file_bytes(Image.new("L", (20, 10)), "JPEG", exif=Image.Exif())
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x09"
        damaged = content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
        damaged += content[2:]

        assert read_picture(damaged).size == (20, 10)

    def test_more_than_10_megabytes_are_refused(self, tmp_path):
        message = "^the picture is larger than 10 MB; choose a smaller one$"
        content = file_bytes(Image.new("L", (9, 9)))
        path = tmp_path / "large.png"
        path.write_bytes(content + bytes(MAX_FILE_BYTES + 1 - len(content)))

        with pytest.raises(InvalidImageError, match=message):
            read_picture(path)
        with pytest.raises(InvalidImageError, match=message):
            read_picture(path.read_bytes())

    def test_10_megabytes_are_read(self):
        content = file_bytes(Image.new("L", (9, 9)))

        assert read_picture(content + bytes(MAX_FILE_BYTES - len(content))).size == (9, 9)


PEAK = """
import contextlib, re, sys
from pathlib import Path
from mnist_core.errors import InvalidImageError
from mnist_core.pictures.files import read_picture

def peak():  # of this process alone; that of getrusage begins with its parent's
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1))

small, large = map(Path, sys.argv[1:])
read_picture(small)
before = peak()
with contextlib.suppress(InvalidImageError):
    read_picture(large)
print(peak() - before)
"""


def chequered(mode: str, size: tuple[int, int]) -> Image.Image:
    """A picture that is not of one colour, of any size, quickly."""
    pattern = np.random.default_rng(0).integers(1, 256, (50, 50, 4), np.uint8)
    small = Image.fromarray(pattern)
    if mode not in ("RGBA", "LA"):
        small = small.convert("RGB")
    if mode == "I;16":
        small = small.convert("I")
    return small.convert(mode).resize(size, Image.Resampling.NEAREST)


PHOTO = (5_712, 4_284)  # 24 megapixels, as telephones take them
WORST = {
    "RGBA PNG": ("RGBA", "PNG", PHOTO, {"compress_level": 1}),
    "LA PNG": ("LA", "PNG", PHOTO, {"compress_level": 1}),
    "progressive JPEG": ("RGB", "JPEG", PHOTO, {"progressive": True, "subsampling": 0}),
    "progressive CMYK": ("CMYK", "JPEG", PHOTO, {"progressive": True, "subsampling": 0}),
    "GIF": ("P", "GIF", PHOTO, {}),
    "WebP": ("RGB", "WEBP", (4_032, 3_024), {"method": 0}),
    "lossless WebP": ("RGBA", "WEBP", (4_032, 3_024), {"lossless": True, "method": 0}),
    "HEIC": ("RGB", "HEIF", PHOTO, {"quality": 10}),
    "HEIC with transparency": ("RGBA", "HEIF", PHOTO, {"quality": 10}),
    "AVIF": ("RGB", "AVIF", (4_032, 3_024), {"quality": 10, "speed": 10}),
    "AVIF with transparency": ("RGBA", "AVIF", (4_032, 3_024), {"quality": 10, "speed": 10}),
    "TIFF": ("RGBA", "TIFF", PHOTO, {"compression": "tiff_adobe_deflate"}),
    "TIFF of 16 bits": ("I;16", "TIFF", PHOTO, {"compression": "tiff_adobe_deflate"}),
    "TIFF of 32 bits": ("I", "TIFF", PHOTO, {"compression": "tiff_adobe_deflate"}),
    "TIFF of floats": ("F", "TIFF", PHOTO, {"compression": "tiff_adobe_deflate"}),
    "TIFF of CMYK": ("CMYK", "TIFF", PHOTO, {"compression": "tiff_adobe_deflate"}),
}


class TestMemory:
    def peak(self, tmp_path, content: bytes) -> int:
        """Bytes that reading a picture takes at most, in a process of its own."""
        small, large = tmp_path / "small", tmp_path / "large"
        small.write_bytes(file_bytes(Image.new("RGB", (9, 9))))
        large.write_bytes(content)
        command = [sys.executable, "-c", PEAK, str(small), str(large)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        return int(answer.stdout)

    @pytest.mark.parametrize(("mode", "file_format", "size", "options"), WORST.values(), ids=WORST)
    def test_no_picture_takes_more_memory_than_its_format_needs(
        self, tmp_path, mode, file_format, size, options
    ):
        content = file_bytes(chequered(mode, size), file_format, **options)
        assert len(content) <= MAX_FILE_BYTES

        assert self.peak(tmp_path, content) <= 215e6

    @pytest.mark.parametrize(
        "content",
        [
            png_claiming(20_000, 20_000),
            png_claiming(200_000_000, 20, n_bytes=150_000_000, is_damaged=True),
            file_bytes(Image.new("1", (20_000, 20_000))),
        ],
        ids=["only claimed", "to be mended", "real"],
    )
    def test_what_is_too_large_takes_none(self, tmp_path, content):
        assert self.peak(tmp_path, content) <= 20e6


class TestFromBase64:
    @pytest.mark.parametrize("size", [0, 1, 2, 3, 100])
    def test_gives_the_file_that_was_sent(self, size):
        content = bytes(range(size))

        assert from_base64(base64.b64encode(content).decode()) == content

    @pytest.mark.parametrize(
        "text",
        [
            None,
            7,
            ["aGk="],
            {"a": 1},
            b"aGk=",
            "data:image/png;base64,aGk=",
            "aGk",
            "aG!k=",
            "aGk=aGk=",
            "数字==",
        ],
        ids=str,
    )
    def test_anything_else_is_refused(self, text):
        with pytest.raises(InvalidImageError, match="not a picture that can be read"):
            from_base64(text)

    @pytest.mark.parametrize("n_missing", [0, 1, 2])
    def test_the_largest_file_is_taken_and_a_larger_one_refused(self, n_missing):
        size = MAX_FILE_BYTES - n_missing

        assert len(from_base64(base64.b64encode(bytes(size)).decode())) == size
        with pytest.raises(InvalidImageError, match="larger than 10 MB"):
            from_base64(base64.b64encode(bytes(MAX_FILE_BYTES + 3)).decode())

    def test_what_is_too_large_is_not_decoded(self):
        with pytest.raises(InvalidImageError, match="larger than 10 MB"):
            from_base64("!" * (2 * MAX_FILE_BYTES))


class TestManyAtOnce:
    @pytest.fixture
    def most_at_once(self, monkeypatch) -> list[int]:
        """How many pictures were being decoded whenever one began."""
        decode, lock = files._decode_or_mend, threading.Lock()
        found, at_work = [], []

        def count(content: bytes) -> Image.Image:
            with lock:
                at_work.append(content)
                found.append(len(at_work))
            try:
                return decode(content)
            finally:
                with lock:
                    at_work.pop()

        monkeypatch.setattr(files, "_decode_or_mend", count)
        return found

    def test_two_are_decoded_at_a_time_and_all_are_read(self, most_at_once):
        content = io.BytesIO()
        Image.new("L", (900, 900), 255).save(content, "PNG")

        with ThreadPoolExecutor(16) as threads:
            pictures = list(threads.map(files.read_picture, [content.getvalue()] * 32))

        assert [picture.size for picture in pictures] == [(900, 900)] * 32
        assert max(most_at_once) <= 2

    def test_the_same_two_threads_decode_since_each_keeps_what_it_has_freed(self, monkeypatch):
        decode, names = files._decode, set()

        def note(content: bytes) -> Image.Image:
            names.add(threading.current_thread().name)
            return decode(content)

        monkeypatch.setattr(files, "_decode", note)
        content = file_bytes(Image.new("L", (900, 900), 255))

        with ThreadPoolExecutor(16) as threads:
            list(threads.map(files.read_picture, [content] * 32))

        assert 1 <= len(names) <= 2

    def test_one_that_cannot_be_read_leaves_its_place(self, most_at_once):
        def read(_number: int) -> str:
            try:
                files.read_picture(b"\x89PNG\r\n\x1a\nand no more")
            except InvalidImageError as error:
                return str(error)
            return ""

        with ThreadPoolExecutor(8) as threads:
            answers = set(threads.map(read, range(16)))

        assert len(most_at_once) == 16
        assert "" not in answers
