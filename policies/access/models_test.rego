package turnpike.access_test

import data.turnpike.fixture

review := fixture.app("platform", "code-review", "prod")

pinning(model) := object.union(review, {"call": {"model": model, "task": "code"}})

test_a_name_that_nobody_knows_is_denied if {
	fixture.codes({"call": {"model": "gpt-99"}}) == {"model_unknown"}
}

test_a_real_name_is_served_where_the_application_may_pin if {
	fixture.route(pinning("anthropic/claude-opus-4-6")) == [
		"anthropic/claude-opus-4-6",
		"bedrock/anthropic.claude-opus-4-6",
	]
	fixture.first(pinning("claude-opus-4-6")) == "anthropic/claude-opus-4-6"
}

test_a_real_name_is_denied_where_it_may_not if {
	fixture.codes({"call": {"model": "openai/gpt-5-mini"}}) == {"pinning_not_allowed"}
}

test_a_role_may_pin_where_the_application_may_not if {
	fixture.decide({
		"call": {"model": "openai/gpt-5-mini"},
		"caller": {"roles": ["operator"]},
	}).outcome == "allow"
}

test_a_model_outside_the_portfolio_is_denied if {
	fixture.codes(pinning("anthropic/claude-sonnet-4-5")) == {"model_not_allowed"}
	fixture.codes(object.union(
		fixture.app("security", "malware-notes", "prod"),
		{"call": {"model": "bedrock/meta.llama4-maverick", "task": "reason"}},
	)) == {"model_not_allowed"}
}

test_a_model_above_the_environments_tier_is_denied if {
	fixture.codes(object.union(
		fixture.app("research", "notebooks", "sandbox"),
		{
			"call": {"model": "anthropic/claude-opus-4-6", "task": "chat"},
			"budgets": [],
		},
	)) == {"tier_not_allowed"}
}

test_a_model_not_cleared_for_the_data_is_denied if {
	fixture.codes(pinning("openai/gpt-5.2")) == {"model_not_cleared"}
	fixture.codes(object.union(pinning("openai/gpt-5.2"), {"call": {"data_class": "internal"}})) == {"pinned"}
}

test_a_model_not_served_in_the_region_is_denied if {
	fixture.codes(object.union(pinning("mistral/mistral-large-3"), {"call": {"region": "us"}})) == {"region_not_served"}
}

test_all_faults_are_told_at_once if {
	fixture.codes({
		"call": {"model": "openai/gpt-5.2-pro", "data_class": "restricted", "region": "eu"},
		"caller": {"roles": []},
	}) == {
		"data_class_not_allowed", "model_not_allowed", "model_not_cleared", "pinning_not_allowed",
		"region_not_served", "role_not_allowed",
	}
}
