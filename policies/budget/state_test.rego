package turnpike.budget_test

import data.turnpike.fixture

# The month of the assistant's team, in some state.
month(fact) := {"budgets": [object.union({"id": "team-search-month", "state": "ok"}, fact)]}

obligations(fact) := fixture.decide(month(fact)).obligations

warn := {"kind": "warn", "value": "team-search-month"}

test_a_nominal_budget_obliges_to_nothing if {
	obligations({}) == []
	obligations({"utilization": 0.79}) == []
}

test_a_budget_warns_from_its_threshold if {
	obligations({"utilization": 0.8}) == [warn]
	obligations({"state": "warn"}) == [warn]
	obligations({"state": "warn", "utilization": 0.1}) == [warn]
}

test_a_fuller_budget_lowers_the_tier if {
	obligations({"utilization": 0.9}) == [{"kind": "downgrade", "value": "standard"}, warn]
	obligations({"utilization": 0.97}) == [{"kind": "downgrade", "value": "economy"}, warn]
}

test_another_teams_budget_is_no_business_of_this_call if {
	decision := fixture.decide({"budgets": [{"id": "team-payments-month", "state": "exhausted"}]})
	decision.outcome == "allow"
	decision.obligations == []
}

test_every_budget_in_scope_is_drawn_on if {
	fixture.decide({}).budgets == ["app-assistant-day", "company-month", "team-search-month"]
	fixture.decide({"caller": {"environment": "dev"}}).budgets == [
		"app-assistant-day", "company-month", "dev-day",
		"team-search-month",
	]
}
