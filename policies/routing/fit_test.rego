package turnpike.routing_test

import data.turnpike
import data.turnpike.fixture

test_a_target_must_hold_the_call if {
	every target in fixture.route({"call": {"task": "chat", "input_tokens": 150000}}) {
		data.models[target].context_window >= 150500
	}
	"vllm/gpt-oss-120b" in fixture.route(troubled_but("chat", "vllm/gpt-oss-120b"))
}

# Every target of the task's route but one in trouble, so that what remains is known.
troubled_but(task, kept) := {
	"call": {"task": task},
	"targets": {name: {"breaker": "open"} | some name, _ in data.models; name != kept},
}

test_a_call_too_long_for_the_best_goes_to_longer_windows if {
	targets := fixture.route({"call": {"task": "summarize", "input_tokens": 600000}})
	count(targets) > 0
	every target in targets { data.models[target].context_window >= 600500 }
}

test_a_call_longer_than_every_window_is_denied if {
	fixture.codes({"call": {"input_tokens": 3000000}}) == {"context_too_long"}
}

test_a_target_must_have_what_the_call_needs if {
	every target in fixture.route({"call": {"task": "chat", "needs": ["vision", "reasoning"]}}) {
		{"vision", "reasoning"} - {capability | some capability in data.models[target].capabilities} == set()
	}
}

test_the_whole_catalogue_is_searched_when_the_best_lack_something if {
	targets := fixture.route({"call": {"task": "code", "needs": ["audio"]}})
	count(targets) > 0
	every target in targets { "audio" in data.models[target].capabilities }
}

test_a_need_that_nobody_meets_is_denied if {
	decision := fixture.decide({"call": {"needs": ["telepathy"]}})
	decision.outcome == "deny"
	decision.reasons == [{
		"code": "capability_missing",
		"rule": "routing.capability",
		"message": "no target that may serve has all of: telepathy",
	}]
}

test_what_no_model_of_the_portfolio_may_see_is_denied if {
	codes := fixture.codes(fixture.app("payments", "fraud-explain", "prod")) with data.portfolios.regulated.providers as ["azure"]
	codes == {"no_target"}
}

test_a_needed_capability_holds_for_a_named_model_too if {
	fixture.codes(object.union(
		fixture.app("platform", "code-review", "prod"),
		{"call": {"model": "bedrock/amazon.nova-micro", "task": "code", "needs": ["vision"]}},
	)) == {"capability_missing"}
}

test_an_embedding_is_not_asked_of_a_model_that_talks if {
	fixture.codes(object.union(
		fixture.app("research", "eval-harness", "dev"),
		{
			"call": {"operation": "embeddings", "model": "openai/gpt-5-mini", "task": "embed"},
			"caller": {"roles": ["developer"]},
		},
	)) == {"capability_missing"}
	fixture.route(object.union(
		fixture.app("search", "search-index", "prod"),
		{"call": {"operation": "embeddings", "task": "embed", "max_output_tokens": 1}},
	))[0] == data.slots.embedder
}

test_a_call_that_names_no_model_has_the_applications_task if {
	decision := turnpike.decision with input as fixture.without(["model", "task"])
	decision.route[0].target == data.slots.workhorse
}

test_what_a_call_does_not_count_is_assumed if {
	decision := turnpike.decision with input as fixture.without(["input_tokens"])
		with data.tasks.summarize.input_tokens as 3000000
	{reason.code | some reason in decision.reasons} == {"context_too_long"}
}
