"""A page of ours as one file: whatever it names under /static stands inside it, and its policy lets it ask for nothing.

It opens from a folder, a stick or a mail without any network, and cannot tell anyone that it was opened.
"""

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from ioc.errors import ConfigurationError

_STATIC = "/static/"
_SCRIPT = re.compile(r'<script src="/static/([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"\s*/?>')
_RAN = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_NAMED = re.compile(r"""url\((["']?)([^"')#]+)\1\)""")
_KINDS = {"woff2": "font/woff2", "png": "image/png"}
_WITHOUT_NETWORK = ("default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
                    "form-action 'none'")


def alone(page: str) -> str:
    """The page with its scripts, styles, fonts and pictures inside, and a policy that names each of its scripts by its hash.

    Raises:
        ConfigurationError: the browser files are not installed.

    """
    whole = _STYLE.sub(lambda found: f"<style>{_style(found[1])}</style>", _SCRIPT.sub(lambda found: f"<script>{_script(found[1])}</script>", page))
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in _RAN.findall(whole)]
    policy = _WITHOUT_NETWORK.format(scripts=" ".join(f"'sha256-{found}'" for found in hashes))
    return whole.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


@cache
def _script(path: str) -> str:
    return _read(path).decode().replace("</script", "<\\/script")


@cache
def _style(path: str) -> str:
    folder = path.rpartition("/")[0]

    def held(found: re.Match[str]) -> str:
        named = found[2].removeprefix(_STATIC) if found[2].startswith(_STATIC) else f"{folder}/{found[2]}"
        kind = _KINDS[named.rpartition(".")[2]]
        return f'url("data:{kind};base64,{base64.b64encode(_read(named)).decode()}")'

    return _NAMED.sub(held, _read(path).decode().replace("</style", ""))


def _read(path: str) -> bytes:
    try:
        return resources.files("ioc").joinpath("assets", *path.split("/")).read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is not there: run `make browser-files` (or install the wheel, which holds them)") from None
