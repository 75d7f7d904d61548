"""The HTTP edge: Litestar on uvicorn. Handlers only translate: decode, one call of the engine, encode."""

from tactful.http.app import check_free, create_app, serve
from tactful.http.keys import Keys, dev_keys, load_keys, new_keys

__all__ = ["Keys", "check_free", "create_app", "dev_keys", "load_keys", "new_keys", "serve"]
