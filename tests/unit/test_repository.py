"""The repository speaks of the product alone, and starts quickly."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THIRD_PARTY = {"jinja2", "jwt", "litestar", "msgspec", "numpy", "prometheus_client", "rich", "scipy", "typer", "uvicorn", "yaml"}
HEAVY = {"jinja2", "litestar", "numpy", "scipy", "uvicorn"}

REGISTRY_HOSTS = re.compile(r"pypi\.\w+|pythonhosted\.\w+|npmjs\.\w+|files\.\w+\.org/packages|/simple/")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home|root|work|Users|tmp|opt|mnt)/\w")


def tracked_texts():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else [str(path.relative_to(ROOT)) for path in ROOT.glob("src/**/*.py")]
    for name in filter(None, names):
        if name == "tests/unit/test_repository.py" or not (ROOT / name).exists():
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS], ids=["registry hosts", "machine paths"])
def test_no_tracked_file_names_what_belongs_to_one_machine(pattern):
    found = {name: match.group() for name, text in tracked_texts() if (match := pattern.search(text))}
    assert found == {}


def loaded_by(code):
    """Top-level modules loaded by a piece of code in a fresh interpreter, beyond those of the interpreter itself."""
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*sorted({{name.partition('.')[0] for name in set(sys.modules) - before}}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_tactful_imports_nothing_else():
    assert loaded_by("import tactful") & THIRD_PARTY == set()


def test_help_does_not_import_what_is_heavy():
    code = "from tactful.cli._application import run\nassert run(['--help']) == 0"
    assert loaded_by(code) & HEAVY == set()
