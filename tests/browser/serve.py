"""Start an app as `streamlit run` does, and tell on SIGUSR1 which modules are loaded."""

import signal
import sys
from pathlib import Path

from streamlit.web import cli


def main(app: str, port: str, modules_file: str) -> None:
    def tell(_signal: int, _frame: object) -> None:
        part = Path(f"{modules_file}.part")
        part.write_text("\n".join(sorted(sys.modules)), encoding="utf-8")
        part.replace(modules_file)

    signal.signal(signal.SIGUSR1, tell)
    cli.main(["run", app, "--server.port", port])


if __name__ == "__main__":
    main(*sys.argv[1:])
