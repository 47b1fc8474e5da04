"""Pages that are read at a desk, made on the server: Jinja's templates, every value escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ioc.people.principal import Principal
from ioc.words import LANGUAGES, words


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("ioc.layouts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def desk_page(template: str, province: str, language: str, path: str, *, who: Principal | None = None, **values: Any) -> str:
    """A page from a template of this room. `province`: its name on the page; `who`: reads it; `values`: what the template names."""
    other = next(x for x in LANGUAGES if x != language)
    given = {"refresh_s": 0, "problem": "", "done": "", "styles": ()} | values
    return _environment().get_template(template).render(province=province, words=words(language), other=other, path=path, who=who, **given)


def notice(language: str, title: str, text: str, *, reload_s: int = 0) -> str:
    """A page with one sentence; `reload_s`: it asks again after so many seconds."""
    return _environment().get_template("notice.html").render(words=words(language), title=title, text=text, refresh_s=reload_s)
