package turnpike.access_test

import data.turnpike.fixture

at(application, team, weekday, hour) := fixture.codes(object.union(
	fixture.app(team, application, "prod"),
	{"now": {"weekday": weekday, "hour": hour}},
))

test_outside_its_hours_an_application_is_denied if {
	every moment in [["sun", 12], ["mon", 6], ["fri", 20]] {
		at("cv-screen", "people", moment[0], moment[1]) == {"outside_hours"}
	}
}

test_within_its_hours_it_is_not if {
	every moment in [["mon", 7], ["wed", 12], ["fri", 19]] {
		at("cv-screen", "people", moment[0], moment[1]) == {"routed"}
	}
	at("assistant", "search", "sun", 3) == {"routed"}
}

test_a_role_may_work_off_hours if {
	fixture.decide(object.union_n([
		fixture.app("people", "cv-screen", "prod"),
		{"caller": {"roles": ["batch"]}, "now": {"weekday": "sun", "hour": 3}},
	])).outcome == "allow"
}

test_the_message_names_the_moment if {
	decision := fixture.decide(object.union(
		fixture.app("people", "cv-screen", "prod"),
		{"now": {"weekday": "sun", "hour": 3}},
	))
	decision.reasons[0].message == "application \"cv-screen\" has hours \"business\", and it is sun 3:00"
}
