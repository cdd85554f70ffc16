"""Rectangles of a sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a sheet, in px from its top left corner; bottom and right are outside."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of_size(cls, left: int, top: int, width: int, height: int) -> "Box":
        """Make a box of its corner and its size, in the order of OpenCV."""
        return cls(top, left, top + height, left + width)

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def side(self) -> int:
        """The longer of height and width."""
        return max(self.height, self.width)

    @property
    def middle(self) -> float:
        """Where its middle is, in px from the top of the sheet."""
        return (self.top + self.bottom) / 2

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and its columns, to cut it out of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def shares(self, height: int, width: int) -> tuple[float, float, float, float]:
        """Return left, top, width and height as shares, 0..1, of a sheet of this size in px."""
        return self.left / width, self.top / height, self.width / width, self.height / height

    def joined(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def gaps(self, other: "Box") -> tuple[int, int]:
        """Return the empty columns and the empty rows between two boxes; 0 where they overlap."""
        return (
            max(0, max(self.left, other.left) - min(self.right, other.right)),
            max(0, max(self.top, other.top) - min(self.bottom, other.bottom)),
        )
