"""Build .venv: `setup_environment.py runtime` for the demo, `... tests` for everything.

Needs Python and nothing else; it must even start on a Python that is too old, to say so.
"""

import os
import shutil
import subprocess
import sys

NEWEST, OLDEST = (3, 14), (3, 11)
VENV = ".venv"
EXTRAS = {"runtime": ["--editable", ".[datasets]"], "tests": ["--editable", ".[bench,datasets,email,postgres]", "--group", "dev"]}


def fail(message):
    """Say in one line what is missing and what to do, and stop."""
    sys.stderr.write("setup: %s\n" % message)
    sys.exit(1)


def say(step, message):
    """Show that something happens."""
    sys.stderr.write("[%d/3] %s\n" % (step, message))
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


def run_quietly(command):
    """Run a command; the output when it fails, else None."""
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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


def main():
    """Create the environment and install what the target needs."""
    target = sys.argv[1] if len(sys.argv) > 1 else "tests"
    if target not in EXTRAS:
        fail("unknown target %r, use one of: %s" % (target, ", ".join(sorted(EXTRAS))))
    say(1, "virtual environment in %s" % VENV)
    python = create_environment()
    say(2, "packages for %s" % target)
    install(python, EXTRAS[target])
    say(3, "checking")
    trouble = run_quietly([python, "-m", "tactful", "--help"])
    if trouble is not None:
        fail("the installed command does not start: %s" % trouble.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
