"""Pages that are read at a desk, made on the server: Jinja's templates, every value escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ioc.words import LANGUAGES, words


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("ioc.layouts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def desk_page(template: str, province: str, language: str, path: str, **values: Any) -> str:
    """A page from a template of this room. `province`: its name on the page; `values`: what the template names."""
    other = next(x for x in LANGUAGES if x != language)
    return _environment().get_template(template).render(province=province, words=words(language), other=other, path=path, **values)
