package turnpike.routing_test

import data.turnpike.fixture

test_a_step_says_how_long_and_how_often if {
	decision := fixture.decide({"call": {"task": "chat"}})
	decision.route[0] == {
		"target": "anthropic/claude-sonnet-4-6",
		"max_output_tokens": 500,
		"retries": 1,
		"timeouts": {"connect_ms": 2000, "first_token_ms": 8000, "idle_ms": 15000, "total_ms": 60000},
	}
}

test_models_that_think_first_get_longer if {
	step := fixture.decide({"call": {"task": "reason"}}).route[0]
	data.models[step.target].pace == "deliberate"
	step.timeouts.first_token_ms == 20000
}

test_no_more_is_asked_of_a_model_than_it_can_give if {
	steps := fixture.decide({"call": {"task": "longread", "needs": [], "max_output_tokens": 32768}}).route
	every step in steps { step.max_output_tokens <= data.models[step.target].max_output_tokens }
	nova := fixture.decide(object.union(
		fixture.app("platform", "code-review", "prod"),
		{"call": {"model": "bedrock/amazon.nova-micro", "task": "code", "max_output_tokens": 20000}},
	))
	nova.route[0].max_output_tokens == 10000
	nova.obligations == [{"kind": "cap_output", "value": 10000}]
}

test_priority_sets_the_envelope if {
	batch := fixture.decide({"call": {"priority": "batch"}})
	batch.envelope == {"deadline_ms": 900000, "max_attempts": 6, "max_cost_nano_usd": 2000000000}
	batch.route[0].retries == 2
	"content_filter" in batch.fallback_on
	not "content_filter" in fixture.decide({"call": {"priority": "interactive"}}).fallback_on
}

test_a_route_has_at_most_four_targets if {
	count(fixture.route({"call": {"task": "chat"}})) == 4
}
