"""Write a small store with the code of each earlier version: `python -m tests.stores.make`.

The files are kept, and this is run again only to add a version. It needs the history of the
project, and does nothing to the work tree.
"""

import gzip
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.stores import writer

FOLDER: Final = Path(__file__).parent

# The last revision of each, and what its stores had first.
VERSIONS: Final = MappingProxyType(
    {
        "1-runs": "35aaa02",  # runs and weights
        "2-checkpoints": "51d24f6",  # checkpoints; deleted runs can come back
        "3-epochs": "6cecfa4",  # answers by epoch; what a run was before it went on
        "4-own-digits": "f78b275",
        "5-fine-tunings": "fcea804",
        "6-bases": "0c223c5",  # a fine-tuned run knows its base
        "7-rooms": "c36b0b6",  # a claim is an object; last before the versions had numbers
    }
)


def _export(revision: str, folder: Path) -> None:
    archive = subprocess.run(
        ["git", "archive", revision, "mnist_core"], check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def main() -> None:
    """Write all of them anew."""
    for name, revision in VERSIONS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            _export(revision, folder)
            database, facts = folder / "runs.db", FOLDER / f"{name}.json"
            subprocess.run(
                [sys.executable, writer.__file__, str(database), str(facts)],
                check=True,
                cwd=folder,
                env={"PYTHONPATH": str(folder)},
            )
            content = gzip.compress(database.read_bytes(), mtime=0)
            (FOLDER / f"{name}.db.gz").write_bytes(content)
            sys.stderr.write(f"{name}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main()
