package turnpike.access_test

import data.turnpike
import data.turnpike.fixture

test_without_a_role_nothing_is_allowed if {
	fixture.codes({"caller": {"roles": []}}) == {"role_not_allowed"}
	decision := turnpike.decision with input as object.union(
		object.remove(fixture.base, ["caller"]),
		{"caller": object.remove(fixture.base.caller, ["roles"])},
	)
	decision.reasons[0].code == "role_not_allowed"
}

test_a_role_is_good_for_its_operations if {
	fixture.codes({"caller": {"roles": ["auditor"]}}) == {"role_not_allowed"}
	fixture.codes({"caller": {"roles": ["indexer"]}}) == {"role_not_allowed"}
	fixture.codes({"caller": {"roles": ["unheard-of"]}}) == {"role_not_allowed"}
	fixture.decide({"caller": {"roles": ["auditor", "service"]}}).outcome == "allow"
}

test_a_role_is_good_for_its_environments if {
	fixture.codes({"caller": {"roles": ["developer"]}}) == {"role_not_allowed"}
	fixture.decide({"caller": {"roles": ["developer"], "environment": "dev"}}).outcome == "allow"
}
