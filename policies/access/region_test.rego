package turnpike.access_test

import data.turnpike.fixture

test_a_region_that_the_application_does_not_have_is_denied if {
	fixture.codes({"call": {"region": "mars"}}) == {"region_not_allowed"}
	fixture.codes(object.union(
		fixture.app("support", "call-notes", "prod"),
		{"call": {"region": "us"}},
	)) == {"region_not_allowed"}
}

test_a_call_that_names_no_region_stays_where_the_application_is_at_home if {
	every target in fixture.route(fixture.app("legal", "contract-review", "prod")) {
		"eu" in data.models[target].regions
	}
}

test_an_application_that_may_not_go_everywhere_does_not_go_anywhere if {
	fixture.codes(object.union(
		fixture.app("support", "helpdesk", "prod"),
		{"call": {"region": "any"}},
	)) == {"region_not_allowed"}
}

test_a_region_narrows_the_route if {
	every target in fixture.route({"call": {"region": "apac"}}) { "apac" in data.models[target].regions }
}
