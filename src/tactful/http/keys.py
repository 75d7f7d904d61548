"""Keys: a public one that may write events, and a secret one that may do everything."""

import hmac
import json
import secrets
from hmac import compare_digest
from pathlib import Path

import msgspec
from msgspec import Struct

from tactful.model.errors import InvalidInput, NotReady

KEYS_NAME = "keys.json"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The only addresses on which keys that everybody knows are served."""


class Keys(Struct, frozen=True, kw_only=True):
    """The keys of one shop."""

    write: str
    """Public: ingest, and decide for anonymous visitors."""
    secret: str
    """Everything. Never leaves the shop's servers."""
    jwt_secret: str
    """Signs identity tokens (HS256) with which a browser proves a userId."""
    dev: bool = False
    """Known to everybody, on loopback only; the console then asks for no key."""

    @property
    def links_key(self) -> bytes:
        """Signs the links in messages; apart from identity tokens, so that neither can stand for the other."""
        return hmac.digest(self.jwt_secret.encode(), b"links in messages", "sha256")

    def opens_writing(self, key: str | None) -> bool:
        """Whether this is the write key."""
        return key is not None and compare_digest(key.encode(), self.write.encode())

    def opens_everything(self, key: str | None) -> bool:
        """Whether this is the secret key."""
        return key is not None and compare_digest(key.encode(), self.secret.encode())


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
    path = directory / KEYS_NAME
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
    """The content of ``keys.json``."""

    write_key: str
    secret_key: str
    jwt_secret: str


def load_keys(directory: Path) -> Keys:
    """Read the keys of a data directory. Raises NotReady where there are none, and InvalidInput where they cannot be used."""
    path = directory / KEYS_NAME
    try:
        file = msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except FileNotFoundError as problem:
        raise NotReady(f"there are no keys in {path}: run `tactful init`, or serve with --dev on your own machine") from problem
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise InvalidInput(f"{path} cannot be read ({problem}): it must hold writeKey, secretKey and jwtSecret") from problem
    if len({file.write_key, file.secret_key, ""}) < 3:
        raise InvalidInput(f"{path}: writeKey and secretKey must differ, and neither may be empty")
    if len(file.jwt_secret) < 32:
        raise InvalidInput(f"{path}: jwtSecret must have at least 32 characters")
    return Keys(write=file.write_key, secret=file.secret_key, jwt_secret=file.jwt_secret)
