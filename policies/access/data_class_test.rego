package turnpike.access_test

import data.turnpike.fixture

test_data_above_the_applications_class_is_denied if {
	fixture.codes({"call": {"data_class": "restricted"}}) == {"data_class_not_allowed"}
	fixture.decide({"call": {"data_class": "confidential"}}).outcome == "allow"
}

test_an_environment_caps_the_class if {
	fixture.codes({"call": {"data_class": "confidential"}, "caller": {"environment": "dev"}}) == {"data_class_not_allowed"}
}

test_restricted_data_stays_on_our_own_machines if {
	route := fixture.route(object.union(
		fixture.app("payments", "fraud-explain", "prod"),
		{"call": {"data_class": "restricted"}},
	))
	count(route) > 0
	every target in route { startswith(target, "vllm/") }
}

test_a_call_that_names_no_class_has_the_applications if {
	every target in fixture.route(fixture.app("payments", "fraud-explain", "prod")) { startswith(target, "vllm/") }
}
