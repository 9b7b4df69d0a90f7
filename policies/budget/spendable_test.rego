package turnpike.budget_test

import data.turnpike.fixture

test_a_call_may_cost_the_environments_ceiling if {
	fixture.decide({}).envelope.max_cost_nano_usd == 2000000000
	fixture.decide({"caller": {"environment": "dev"}}).envelope.max_cost_nano_usd == 250000000
}

test_a_call_may_not_cost_more_than_is_left if {
	fixture.decide(month({"remaining_nano_usd": 1500000000})).envelope.max_cost_nano_usd == 1500000000
	fixture.decide(month({"remaining_nano_usd": 9007199254740991})).envelope.max_cost_nano_usd == 2000000000
}

test_what_is_left_of_a_budget_that_does_not_deny_bounds_nothing if {
	decision := fixture.decide({"budgets": [{"id": "company-month", "state": "ok", "remaining_nano_usd": 5}]})
	decision.envelope.max_cost_nano_usd == 2000000000
}

test_little_money_goes_to_who_can_do_it_for_that if {
	decision := fixture.decide(object.union(month({"remaining_nano_usd": 400000}), {"call": {"task": "summarize"}}))
	decision.outcome == "allow"
	decision.route[0].max_output_tokens == 500
	fixture.first({}) != decision.route[0].target
}

test_less_cuts_the_output_to_what_is_left if {
	decision := fixture.decide(object.union(month({"remaining_nano_usd": 100000}), {"call": {"task": "summarize"}}))
	decision.outcome == "allow"
	cap := decision.route[0].max_output_tokens
	cap < 500
	decision.obligations == [{"kind": "cap_output", "value": cap}]
	card := data.prices[decision.route[0].target][0]
	cost := (1000 * card.input_pico_usd) + (cap * card.output_pico_usd)
	cost <= 100000 * 1000
	cost + card.output_pico_usd > 100000 * 1000
}

test_next_to_nothing_is_denied if {
	fixture.codes(month({"remaining_nano_usd": 100})) == {"budget_exhausted"}
	fixture.decide(month({"remaining_nano_usd": 100})).reasons[0].rule == "budget.remaining"
	fixture.codes(month({"remaining_nano_usd": 0})) == {"budget_exhausted"}
}
