"""The rules in docs/safety.md: each names tests that are there, limits too, and how a broken one shows."""

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.docs.safety_page import rule_limit
from host_tools.safety.requirements import REQUIREMENTS
from host_tools.safety.rules import RULES, Rule
from tests.panel.test_walked import BROKEN, BROKEN_ON_A_WAY


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_tests_and_limits_that_are_there(rule: Rule) -> None:
    assert rule.tests
    for test in rule.tests:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (CHECKOUT / file).read_text(encoding="utf-8"), test
    assert all(rule_limit(name) > 0 for name in rule.limits)


def test_every_rule_that_is_broken_on_purpose_stands_in_the_table_and_the_other_way_round() -> None:
    named = [broken for rule in RULES for broken in rule.broken]
    assert sorted(named) == sorted([*BROKEN, *BROKEN_ON_A_WAY])


def test_no_two_requirements_have_one_name() -> None:
    ids = [each.id for each in (*RULES, *REQUIREMENTS)]
    assert len(ids) == len(set(ids))
