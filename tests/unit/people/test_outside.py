"""What a file says of the province's sign-on, and what groups give."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.errors import ConfigurationError
from ioc.people.outside import GrantRule, LdapAccess, OutsideIdentity, Reason, SignOn, SignOnRefusedError, grants_of, group_key, read_sign_on, secret
from ioc.people.principal import Grant, Scope

OIDC = """
[oidc]
issuer = "https://sso.example.vn/realms/tinh"
client_id = "ioc"
return_address = "https://ioc.example.vn/sign-in/back"
"""
LDAP = """
[ldap]
url = ["ldaps://dc1.example.vn", "ldaps://dc2.example.vn"]
base = "DC=example,DC=vn"
bind_dn = "{login}@example.vn"
"""
OPERATORS = """
[[grants]]
group = "operators"
role = "operator"
"""
NOTHING: dict[str, str] = {}
Write = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        (tmp_path / "sign-on.toml").write_text(text, encoding="utf-8")
        return tmp_path / "sign-on.toml"

    return write


def rule(text: str, role: str = "focal_point", group: str = "g") -> str:
    return f'[[grants]]\ngroup = "{group}"\nrole = "{role}"\n{text}\n'


def somebody(*groups: str) -> OutsideIdentity:
    return OutsideIdentity(issuer="i", external_id="1", login="lan", name="Lan", groups=frozenset(groups))


def given_by(*rules: GrantRule, groups: tuple[str, ...]) -> tuple[Grant, ...]:
    return grants_of(somebody(*groups), SignOn(grants=list(rules), ldap=LdapAccess(url="ldaps://h", base="DC=x")))


def test_file_says_whom_to_ask_and_what_groups_give(written: Write) -> None:
    sign_on = read_sign_on(written(OIDC + LDAP + OPERATORS + rule('agencies = ["X1"]\nfields = ["TR"]')))
    assert sign_on.oidc is not None
    assert sign_on.oidc.groups_claim == "groups"
    assert sign_on.ldap is not None
    assert sign_on.ldap.url == ["ldaps://dc1.example.vn", "ldaps://dc2.example.vn"]
    assert grants_of(somebody("operators", "others"), sign_on) == (Grant(role="operator"),)
    assert grants_of(somebody("g"), sign_on) == (Grant(role="focal_point", agencies=frozenset({"X1"}), fields=frozenset({"TR"})),)


@pytest.mark.parametrize(("text", "sentence"), [
    (OPERATORS, "neither"), (OIDC, "grants"), (OIDC + "grants = 7", "grants"), (OIDC + OPERATORS + "uints = []", "uints"), ("[oidc\n", "cannot be read"),
    (OIDC + 'secret = "x"\n' + OPERATORS, "secret"), ('[oidc]\nissuer = "https://x"\n' + OPERATORS, "client_id"),
    (OIDC + rule("", role="king"), "no role 'king'"), (OIDC + rule(""), "'focal_point' means nothing without"),
    (OIDC + rule('fields = ["TR"]'), "'focal_point' means nothing without"), (OIDC + rule("agencies = []"), "leave it out"),
    (OIDC + rule('units = [""]'), "leave it out"), (OIDC + rule("", role="administrator"), "privileged = true"),
    (OIDC + rule("", role="auditor"), "privileged = true"), (OIDC + rule("privileged = true", role="operator"), "not to 'operator'"),
    (OIDC + rule("", role="operator", group=" "), "group is empty"),
    (OIDC + OPERATORS + rule("privileged = true", role="administrator", group="operators"), "exclude each other"),
    (OIDC + rule('units = ["1"]') + rule('agencies = ["X1"]'), "different kinds"),
])
def test_file_that_is_wrong_is_an_error_that_names_the_place(written: Write, text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"sign-on\.toml.*{sentence}"):
        read_sign_on(written(text))


def test_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml \(IOC_SIGN_ON\) cannot be read"):
        read_sign_on(tmp_path / "nowhere.toml")


def test_administrator_comes_from_a_group_where_the_file_says_so(written: Write) -> None:
    sign_on = read_sign_on(written(OIDC + rule("privileged = true", role="administrator")))
    assert grants_of(somebody("g"), sign_on) == (Grant(role="administrator"),)


@pytest.mark.parametrize("groups", [(), ("others",), ("Operators",), (" operators",), ("operators\0",), ("/operators",)])
def test_no_group_of_the_file_means_no_sign_in(groups: tuple[str, ...]) -> None:
    with pytest.raises(SignOnRefusedError, match="in none of the groups") as told:
        given_by(GrantRule(group="operators", role="operator"), groups=groups)
    assert told.value.reason is Reason.NO_GROUP


def test_roles_that_exclude_each_other_by_two_groups_mean_no_sign_in() -> None:
    with pytest.raises(SignOnRefusedError, match="administrator and auditor exclude each other") as told:
        given_by(GrantRule(group="a", role="administrator", privileged=True), GrantRule(group="b", role="auditor", privileged=True), groups=("a", "b"))
    assert told.value.reason is Reason.APART


def test_limits_of_one_kind_add_up() -> None:
    found = given_by(GrantRule(group="a", role="unit_head", units=["1"]), GrantRule(group="b", role="unit_head", units=["2", "3"]), groups=("a", "b"))
    assert found == (Grant(role="unit_head", units=frozenset({"1", "2", "3"})),)


def test_grant_without_limits_covers_limited_ones() -> None:
    rules = (GrantRule(group="a", role="operator"), GrantRule(group="b", role="operator", units=["1"]), GrantRule(group="c", role="operator", agencies=["X"]))
    assert given_by(*rules, groups=("a", "b", "c")) == (Grant(role="operator"),)


def test_limits_of_different_kinds_mean_no_sign_in_rather_than_more_than_was_given() -> None:
    rules = (GrantRule(group="a", role="focal_point", units=["1"]), GrantRule(group="b", role="focal_point", agencies=["X"]))
    with pytest.raises(SignOnRefusedError, match="a, b") as told:
        given_by(*rules, groups=("a", "b"))
    assert told.value.reason is Reason.LIMITS
    assert given_by(*rules, groups=("b",)) == (Grant(role="focal_point", agencies=frozenset({"X"})),)


_LIMIT = st.none() | st.lists(st.sampled_from("12"), min_size=1, max_size=2)
_RULES = st.lists(st.builds(GrantRule, group=st.just("g"), role=st.just("operator"), units=_LIMIT, agencies=_LIMIT, fields=_LIMIT), min_size=1, max_size=4)


@given(_RULES)
def test_one_grant_reaches_exactly_what_its_rules_reach(rules: list[GrantRule]) -> None:
    def limit(values: list[str] | None) -> frozenset[str] | None:
        return None if values is None else frozenset(values)

    apart = Scope(grants=tuple(Grant(role=r.role, units=limit(r.units), agencies=limit(r.agencies), fields=limit(r.fields)) for r in rules))
    try:
        together = Scope(grants=given_by(*rules, groups=("g",)))
    except SignOnRefusedError:
        assert len({(r.units is None, r.agencies is None, r.fields is None, *(r.units or ()), *(r.agencies or ()), *(r.fields or ())) for r in rules}) > 1
        return
    for unit in "123":
        for agency in "123":
            for field in "123":
                thing = {"unit": unit, "agency": agency, "field": field}
                assert together.covers(**thing) == apart.covers(**thing)


@pytest.mark.parametrize("told", ["cn=trực ban,ou=nhóm,dc=example,dc=vn", "CN=Trực ban, OU=Nhóm, DC=example,DC=vn", "CN=Tr\\e1\\bb\\b1c ban,OU=Nhóm,DC=example,DC=vn"])
def test_distinguished_name_is_the_same_however_it_is_written(told: str) -> None:
    assert group_key(told) == group_key("CN=Trực ban,OU=Nhóm,DC=example,DC=vn")


@pytest.mark.parametrize("told", ["CN=a,OU=b,DC=vn", "CN=a\\,b,DC=vn", "CN=a+CN=b,DC=vn", "CN=a", "a", "CN=a,CN=b,DC=vn", "CN=a\\2cCN=b,DC=vn", "=", "CN=", "a=b=c"])
def test_distinguished_names_of_others_stay_apart(told: str) -> None:
    others = ["CN=a,OU=b,DC=vn", "CN=a\\,b,DC=vn", "CN=a+CN=b,DC=vn", "CN=a", "a", "CN=a,CN=b,DC=vn", "CN=a\\2cCN=b,DC=vn", "=", "CN=", "a=b=c"]
    assert [other for other in others if group_key(other) == group_key(told)] == [told]


@given(st.text(max_size=30))
def test_any_text_can_be_compared_as_a_group(text: str) -> None:
    assert group_key(text) == group_key(text)
    assert hash(group_key(text)) == hash(group_key(text))


def test_secret_comes_from_a_file_or_a_variable(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("from-file\n")
    assert secret("x", "", str(tmp_path / "s")) == "from-file"
    assert secret("x", "SSO", "", {"SSO": "from-env"}.get) == "from-env"
    assert secret("x", "", "") == ""


@pytest.mark.parametrize(("env", "file"), [("IOC_X", ""), ("SSO", ""), ("", "nowhere")])
def test_secret_that_is_not_there_is_an_error(env: str, file: str) -> None:
    with pytest.raises(ConfigurationError, match="what:"):
        secret("what", env, file, NOTHING.get)
