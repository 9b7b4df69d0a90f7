package turnpike.fallback_test

import data.turnpike.fixture

providers(changes) := {split(target, "/")[0] | some target in fixture.route(changes)}

test_an_outage_goes_to_other_providers if {
	every outcome in ["rate_limited", "timeout", "connection", "unavailable", "auth", "content_filter"] {
		changes := after([fixture.failed("google/gemini-3-flash", outcome)])
		fixture.decide(changes).outcome == "allow"
		fixture.decide(changes).reasons[0].rule == "fallback.other_provider"
		not "google" in providers(changes)
	}
}

test_when_no_other_provider_is_left_another_target_will_do if {
	# Restricted data stays on our own machines, which are one provider.
	letters := object.union(
		fixture.app("health", "care-letters", "prod"),
		{"call": {"task": "summarize"}},
	)
	failed := fixture.first(letters)
	next := fixture.route(object.union(letters, after([fixture.failed(failed, "timeout")])))
	count(next) > 0
	not failed in next
	providers(object.union(letters, after([fixture.failed(failed, "timeout")]))) == {"vllm"}
}

test_a_filter_or_a_credential_has_no_second_best if {
	letters := object.union(
		fixture.app("health", "care-letters", "prod"),
		{"call": {"task": "summarize"}},
	)
	every outcome in ["auth", "content_filter"] {
		decision := fixture.decide(object.union(letters, after([fixture.failed(fixture.first(letters), outcome)])))
		decision.outcome == "deny"
		decision.reasons[0].code == "no_fallback"
	}
}

test_too_long_goes_to_a_longer_window if {
	changes := after([fixture.failed("bedrock/amazon.nova-lite", "context_length")])
	decision := fixture.decide(changes)
	decision.reasons[0].rule == "fallback.context_length"
	count(decision.route) > 0
	every target in fixture.route(changes) { data.models[target].context_window > 300000 }
}

test_a_poor_answer_goes_to_a_better_model if {
	changes := after([fixture.failed("google/gemini-3-flash", "degraded")])
	decision := fixture.decide(changes)
	decision.reasons[0].rule == "fallback.degraded"
	count(decision.route) > 0
	every target in fixture.route(changes) { data.models[target].quality > 0.86 }
}

test_each_failure_adds_to_what_was_tried if {
	route := fixture.route(after([
		fixture.failed("google/gemini-3-flash", "timeout"),
		fixture.failed("bedrock/amazon.nova-lite", "rate_limited"),
	]))
	count(route) == 4
	every target in route { not split(target, "/")[0] in {"google", "bedrock"} }
}

test_a_failed_target_that_is_gone_from_the_catalogue_is_no_obstacle if {
	fixture.decide(after([fixture.failed("openai/gpt-2", "timeout")])).outcome == "allow"
}

test_a_named_model_falls_back_to_its_twin_only if {
	review := object.union(
		fixture.app("platform", "code-review", "prod"),
		{"call": {"model": "anthropic/claude-opus-4-6", "task": "code"}},
	)
	fixture.route(object.union(review, after([fixture.failed("anthropic/claude-opus-4-6", "unavailable")]))) == [
		"bedrock/anthropic.claude-opus-4-6",
	]
	fixture.codes(object.union(review, after([
		fixture.failed("anthropic/claude-opus-4-6", "unavailable"),
		fixture.failed("bedrock/anthropic.claude-opus-4-6", "content_filter"),
	]))) == {"no_fallback"}
}

test_the_longest_reach_is_the_whole_catalogue if {
	# None of the few best reads that much and is better.
	changes := object.union(
		{"call": {"task": "classify"}},
		after([fixture.failed("anthropic/claude-sonnet-4-6", "degraded")]),
	)
	count(fixture.route(changes)) > 0
	every target in fixture.route(changes) { data.models[target].quality > 0.9 }
}
