"""The shipped province's calendar and terms, under which all tests fold."""

from ioc.profiles import load_profile
from ioc.streams.engine.rules import rules_of

RULES = rules_of(load_profile("soc_trang"))
