package turnpike.routing_test

import data.turnpike.fixture

# The one line that swaps a model for everybody.
test_one_line_swaps_a_model_for_every_application if {
	every caller in [
		fixture.app("search", "assistant", "prod"),
		fixture.app("platform", "docs-bot", "prod"),
		fixture.app("growth", "campaigns", "staging"),
	] {
		call := {"call": {"task": "chat"}}
		before := fixture.first(object.union(caller, call))
		before == "anthropic/claude-sonnet-4-6"
		after := fixture.first(object.union(caller, call)) with data.slots.workhorse as "mistral/mistral-large-3"
		after == "mistral/mistral-large-3"
	}
}

test_an_alias_stands_for_a_task if {
	fixture.first({"call": {"model": "fast"}}) == data.slots.sprinter
	fixture.first({"call": {"model": "code"}}) == data.slots.coder
	fixture.first({"call": {"model": "long"}}) == data.slots.reader
}

test_an_alias_may_lower_the_tier if {
	every target in fixture.route({"call": {"model": "summarize-cheap"}}) { data.models[target].tier == "economy" }
}

test_names_of_models_long_gone_still_work if {
	fixture.decide({"call": {"model": "gpt-3.5-turbo"}}).outcome == "allow"
}

test_neighbours_in_a_route_are_of_different_providers if {
	every task in ["chat", "summarize", "code", "reason", "agent"] {
		targets := fixture.route({"call": {"task": task}})
		count({split(target, "/")[0] | some target in targets}) == count(targets)
	}
}

test_a_task_that_wants_the_best_gets_the_best if {
	targets := fixture.route({"call": {"task": "longread", "input_tokens": 100000}})
	targets[0] == data.slots.reader
	every target in targets { data.models[target].quality >= 0.86 }
}
