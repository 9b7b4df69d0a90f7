package turnpike.routing_test

import data.turnpike.fixture

evaluating(model) := object.union(
	fixture.app("research", "eval-harness", "dev"),
	{"call": {"model": model, "task": "reason"}, "caller": {"roles": ["evaluator"]}},
)

test_a_model_without_a_price_in_force_is_not_routed if {
	fixture.codes(evaluating("openai/gpt-5.2-pro")) == {"unpriced_target"}
	fixture.decide(object.union(
		evaluating("openai/gpt-5.2-pro"),
		{"now": {"unix_ms": 1803859200000}}, # 2027-03-01, when its first card begins
	)).outcome == "allow"
}

test_a_model_without_any_price_is_not_routed if {
	codes := fixture.codes(evaluating("openai/gpt-5-mini")) with data.prices as {}
	codes == {"unpriced_target"}
	denied := fixture.codes({}) with data.prices as {}
	denied == {"no_target"}
}

test_a_call_dearer_than_one_may_be_is_denied if {
	codes := fixture.codes({}) with data.environments.prod.call_ceiling_nano_usd as 1
	codes == {"cost_ceiling"}
}

test_a_ceiling_leaves_out_what_is_above_it if {
	reason := {"call": {"task": "reason", "max_output_tokens": 4000}}
	dear := {target | some target in fixture.route(reason)}
	decision := fixture.decide(reason) with data.environments.prod.call_ceiling_nano_usd as 30000000
	some target in dear
	not target in {step.target | some step in decision.route}
	every step in decision.route {
		card := data.prices[step.target][count(data.prices[step.target]) - 1]
		(1000 * card.input_pico_usd) + (step.max_output_tokens * card.output_pico_usd) <= 30000000000
	}
}

test_an_older_card_counts_until_the_next_begins if {
	# Before September the dearest model cost three times as much.
	summer := {"now": {"unix_ms": 1780272000000, "date": "2026-06-01"}}
	opus := object.union(
		fixture.app("platform", "code-review", "prod"),
		{"call": {"model": "anthropic/claude-opus-4-6", "task": "code", "input_tokens": 20000, "max_output_tokens": 4000}},
	)
	now := fixture.decide(opus) with data.environments.prod.call_ceiling_nano_usd as 300000000
	now.route[0].max_output_tokens == 4000
	then := fixture.decide(object.union(opus, summer)) with data.environments.prod.call_ceiling_nano_usd as 610000000
	then.route[0].max_output_tokens == 133
}

test_free_output_costs_nothing if {
	decision := fixture.decide(object.union(
		fixture.app("search", "search-index", "prod"),
		{
			"call": {"operation": "embeddings", "task": "embed", "input_tokens": 2000, "max_output_tokens": 1},
			"budgets": [{"id": "team-search-month", "state": "ok", "remaining_nano_usd": 50000}],
		},
	))
	decision.outcome == "allow"
	every step in decision.route { 2000 * data.prices[step.target][0].input_pico_usd <= 50000000 }
}
