package turnpike.routing_test

import data.turnpike.fixture

test_a_refusal_names_what_is_missing if {
	decision := fixture.decide({"call": {"input_tokens": 3000000}})
	decision.outcome == "deny"
	decision.reasons == [{
		"code": "context_too_long",
		"rule": "routing.context_window",
		"message": "no target that may serve holds 3000500 tokens",
	}]
	decision.budgets != []
	decision.attribution.cost_center == "cc-1010"
}

test_several_causes_are_told_together if {
	decision := fixture.decide({
		"call": {"task": "embed", "operation": "embeddings", "input_tokens": 8000, "max_output_tokens": 1},
		"targets": {name: {"breaker": "open"} | some name, _ in data.models},
	})
	{reason.code | some reason in decision.reasons} == {"context_too_long", "no_healthy_target"}
}
