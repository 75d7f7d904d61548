"""The key file of a server: a public key that may write events, a secret one that may do everything, and what signs identity tokens."""

import hmac
import json
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from tactful.model.errors import InvalidInput, NotReady

FILE_NAME = "keys.json"
"""Of the file in the data directory, and how its keys are named where it is noted who did something."""
DEV_NAME = "dev"
"""How the keys of development are named there. Both names may be nobody's: keys that are handed out have others."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The only addresses on which keys that everybody knows are served."""


class Keys(Struct, frozen=True, kw_only=True):
    """The keys of one shop."""

    write: str | None = None
    """Public: ingest, and decide for anonymous visitors. None: there are only those that are managed in the store."""
    secret: str | None = None
    """Everything. Never leaves the shop's servers. None: the same."""
    jwt_secret: str
    """Signs identity tokens (HS256) with which a browser proves a userId."""
    dev: bool = False
    """Known to everybody, on loopback only; the console then asks for no key."""

    @property
    def links_key(self) -> bytes:
        """Signs the links in messages; apart from identity tokens, so that neither can stand for the other."""
        return hmac.digest(self.jwt_secret.encode(), b"links in messages", "sha256")


DEV_KEYS = Keys(write="dev-write", secret="dev-secret", jwt_secret="dev-secret-that-signs-identity-tokens", dev=True)  # noqa: S106


def dev_keys(host: str = "127.0.0.1") -> Keys:
    """The keys of development: ``dev-write`` and ``dev-secret``. Raises InvalidInput for a host that others could reach.

    >>> dev_keys("127.0.0.1").write
    'dev-write'
    """
    if host not in LOOPBACK:
        raise InvalidInput(f"development keys are known to everybody and are served on 127.0.0.1 only, not on {host}; leave --dev out")
    return DEV_KEYS


def new_keys(directory: Path) -> Keys:
    """Make keys in a data directory, readable by its owner alone; keys that are there already are kept. Raises as `load_keys`."""
    path = directory / FILE_NAME
    if path.exists():
        return load_keys(directory)
    keys = Keys(write=secrets.token_urlsafe(24), secret=secrets.token_urlsafe(32), jwt_secret=secrets.token_urlsafe(48))
    content = {"writeKey": keys.write, "secretKey": keys.secret, "jwtSecret": keys.jwt_secret}
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    except OSError as problem:
        raise NotReady(f"{path} cannot be written ({problem.strerror}): give a data directory that you may write to") from problem
    return keys


class KeyFile(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The content of ``keys.json``. A shop whose keys are all managed in the store leaves the first two out."""

    jwt_secret: str
    write_key: str | None = None
    secret_key: str | None = None


def load_keys(directory: Path) -> Keys:
    """Read the keys of a data directory. Raises NotReady where there are none, and InvalidInput where they cannot be used."""
    path = directory / FILE_NAME
    try:
        file = msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except FileNotFoundError as problem:
        raise NotReady(f"there are no keys in {path}: run `tactful init`, or serve with --dev on your own machine") from problem
    except NotADirectoryError as problem:
        raise InvalidInput(f"{directory} is a file: give a directory for the data") from problem
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise InvalidInput(f"{path} cannot be read ({problem}): it must hold jwtSecret, and may hold writeKey and secretKey") from problem
    if "" in (file.write_key, file.secret_key) or (file.write_key is not None and file.write_key == file.secret_key):
        raise InvalidInput(f"{path}: writeKey and secretKey must differ, and neither may be empty")
    if len(file.jwt_secret) < 32:
        raise InvalidInput(f"{path}: jwtSecret must have at least 32 characters")
    return Keys(write=file.write_key, secret=file.secret_key, jwt_secret=file.jwt_secret)
