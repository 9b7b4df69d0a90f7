package turnpike.budget_test

import data.turnpike.fixture

test_output_beyond_the_tasks_ceiling_is_cut if {
	decision := fixture.decide({"call": {"max_output_tokens": 100000}})
	decision.obligations == [{"kind": "cap_output", "value": 8192}]
	decision.route[0].max_output_tokens == 8192
}

test_a_call_that_names_no_bound_gets_the_tasks if {
	fixture.decide({}).obligations == []
	decision := data.turnpike.decision with input as fixture.without(["max_output_tokens"])
	decision.route[0].max_output_tokens == 1024
	decision.obligations == []
}

test_warnings_and_cuts_come_together if {
	decision := fixture.decide(object.union(
		month({"utilization": 0.85}),
		{"call": {"max_output_tokens": 100000}},
	))
	decision.obligations == [{"kind": "cap_output", "value": 8192}, warn]
}
