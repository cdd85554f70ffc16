"""Find Chromium for the browser tests; as a program, install Debian's package if possible."""

import os
import shutil
import subprocess
import sys

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """Return the path of a Chromium on this machine."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    packages = ["chromium", "fonts-noto-cjk"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([apt, "-qq", *command], check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """See that there is a Chromium, or say in one line that the browser tests are skipped."""
    if find() is None:
        _install()
    if find() is None:
        sys.stdout.write("No Chromium found: the browser tests are skipped.\n")


if __name__ == "__main__":
    main()
