package turnpike.budget_test

import data.turnpike.fixture

test_a_limit_used_up_throttles if {
	decision := fixture.decide({"limits": [
		{"id": "team-search-rpm", "state": "exhausted", "retry_after_ms": 400},
		{"id": "company-rpm", "state": "exhausted", "retry_after_ms": 2500},
	]})
	decision.outcome == "throttle"
	decision.retry_after_ms == 2500
	[reason.code | some reason in decision.reasons] == ["limit_exhausted", "limit_exhausted"]
	decision.route == []
}

test_without_a_time_to_come_back_it_is_a_second if {
	fixture.decide({"limits": [{"id": "company-rpm", "state": "exhausted"}]}).retry_after_ms == 1000
}

test_another_teams_limit_is_no_business_of_this_call if {
	decision := fixture.decide({"limits": [
		{"id": "team-payments-rpm", "state": "exhausted"},
		{"id": "team-search-rpm", "state": "ok"},
	]})
	decision.outcome == "allow"
	decision.limits == ["app-assistant-rpm", "company-rpm", "team-search-rpm"]
}

test_access_comes_first if {
	fixture.decide({
		"caller": {"roles": []},
		"limits": [{"id": "company-rpm", "state": "exhausted"}],
	}).outcome == "deny"
}
