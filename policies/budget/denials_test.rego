package turnpike.budget_test

import data.turnpike.fixture

test_a_full_budget_denies if {
	every fact in [{"state": "exhausted"}, {"utilization": 1}, {"state": "exhausted", "utilization": 0.5}] {
		fixture.codes(month(fact)) == {"budget_exhausted"}
	}
}

test_a_denial_names_rule_and_budget if {
	fixture.decide(month({"state": "exhausted"})).reasons == [{
		"code": "budget_exhausted",
		"rule": "budget.exhausted",
		"message": "budget \"team-search-month\" is used up",
	}]
}

soft(fact) := object.union(
	fixture.app("research", "notebooks", "dev"),
	{"budgets": [object.union({"id": "team-research-month"}, fact)]},
)

test_a_soft_budget_goes_on_for_a_while if {
	fixture.decide(soft({"state": "exhausted", "utilization": 1.1, "remaining_nano_usd": 0})).outcome == "allow"
	fixture.codes(soft({"state": "exhausted", "utilization": 1.2})) == {"budget_exhausted"}
}

test_a_notice_never_denies if {
	decision := fixture.decide({"budgets": [{"id": "company-month", "state": "exhausted", "utilization": 3}]})
	decision.outcome == "allow"
	decision.obligations == [{"kind": "warn", "value": "company-month"}]
}

test_a_call_that_no_budget_covers_is_denied if {
	codes := fixture.codes({}) with data.budgets as {}
	codes == {"budget_unknown"}
}

test_an_unknown_state_denies_where_the_environment_requires_it if {
	fixture.codes(hacking) == {"budget_unknown"}
	fixture.codes(object.union(hacking, {"budgets": known_to_hack_day})) == {"routed"}
}

test_a_budget_that_may_be_of_another_key_needs_no_state if {
	of := {"scope": {"key": "ci"}, "window": "day", "limit_nano_usd": 1, "rules": "strict"}
	budgets := object.union(data.budgets, {"of-a-key": of})
	codes := fixture.codes(object.union(hacking, {"budgets": known_to_hack_day})) with data.budgets as budgets
	codes == {"routed"}
}

# Its environment requires the state of every budget that is its own.
hacking := object.union(fixture.app("workplace", "hack-day", "sandbox"), {"call": {"task": "chat"}})

known_to_hack_day := [{"id": id, "state": "ok"} | some id in ["company-month", "sandbox-day", "team-workplace-month"]]

pinned(model) := object.union_n([
	fixture.app("platform", "code-review", "prod"),
	{"call": {"model": model, "task": "code"}},
	{"budgets": [{"id": "team-platform-month", "state": "warn", "utilization": 0.98}]},
])

test_a_named_model_is_not_exchanged_for_a_cheaper_one if {
	fixture.codes(pinned("anthropic/claude-opus-4-6")) == {"budget_downgrade"}
	fixture.decide(pinned("anthropic/claude-opus-4-6")).outcome == "deny"
	fixture.decide(pinned("anthropic/claude-haiku-4-5")).outcome == "allow"
}
