package turnpike.access_test

import data.turnpike.fixture

test_another_teams_application_is_denied if {
	fixture.codes({"caller": {"team": "payments"}}) == {"team_mismatch"}
}

test_another_teams_cost_center_is_not_shown if {
	decision := fixture.decide({"caller": {"team": "payments"}})
	decision.attribution.team == "payments"
	not decision.attribution.cost_center
	decision.budgets == []
}
