package turnpike.access_test

import data.turnpike.fixture

test_an_unknown_application_is_denied if {
	decision := fixture.decide({"caller": {"application": "nobody"}})
	decision.outcome == "deny"
	decision.reasons == [{
		"code": "application_unknown",
		"rule": "access.application",
		"message": "application \"nobody\" is not in the catalogue",
	}]
}

test_an_environment_that_the_application_does_not_have_is_denied if {
	fixture.codes({"caller": {"environment": "sandbox"}}) == {"environment_not_allowed"}
	fixture.codes({"caller": {"environment": "moon"}}) == {"environment_not_allowed"}
}

test_who_is_not_known_draws_on_nothing if {
	decision := fixture.decide({"caller": {"application": "nobody"}})
	decision.budgets == []
	decision.limits == []
	not decision.attribution.cost_center
}
