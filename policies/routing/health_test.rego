package turnpike.routing_test

import data.turnpike.fixture

usual := fixture.route({})

with_fact(fact) := fixture.route({"targets": {usual[0]: fact}})

test_a_target_in_trouble_is_left_out if {
	every fact in [
		{"breaker": "open"},
		{"error_rate": 0.4},
		{"first_token_p50_ms": 4001},
		{"quality": 0.5},
	] {
		with_fact(fact)[0] == usual[1]
	}
}

test_a_target_that_is_well_enough_stays if {
	every fact in [
		{},
		{"breaker": "closed"},
		{"breaker": "half_open"},
		{"error_rate": 0.25},
		{"first_token_p50_ms": 4000},
		{"quality": 0.65},
	] {
		with_fact(fact) == usual
	}
}

test_when_all_are_in_trouble_it_is_denied if {
	fixture.codes({"targets": {name: {"breaker": "open"} | some name, _ in data.models}}) == {"no_healthy_target"}
}

test_a_named_model_in_trouble_goes_to_its_twin if {
	fixture.route(object.union(
		fixture.app("platform", "code-review", "prod"),
		{
			"call": {"model": "anthropic/claude-opus-4-6", "task": "code"},
			"targets": {"anthropic/claude-opus-4-6": {"breaker": "open"}},
		},
	)) == ["bedrock/anthropic.claude-opus-4-6"]
}
