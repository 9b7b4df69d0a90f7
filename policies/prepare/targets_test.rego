package turnpike.prepare_test

import data.turnpike.prepare

named(name) := prepare.targets[prepare.number_of[name]]

test_a_number_leads_to_its_target if {
	every number, target in prepare.targets { prepare.number_of[target.id] == number }
}

test_a_short_name_stands_for_the_one_target_that_has_it if {
	prepare.number_of["claude-haiku-4-5"] == prepare.number_of["anthropic/claude-haiku-4-5"]
	not prepare.number_of["gpt-5.2"] # at two providers
}

test_twins_are_the_same_model_elsewhere if {
	twins := [prepare.targets[number].id | some number in named("azure/gpt-5.2").twins]
	twins == ["openai/gpt-5.2"]
	named("openai/gpt-5.2-codex").twins == []
}

test_a_portfolio_is_provider_stage_and_tier_without_exceptions if {
	named("openai/gpt-5.2").portfolios == {"general": true, "research": true}
	named("openai/gpt-4.1").portfolios == {"research": true}
	named("bedrock/meta.llama4-maverick").portfolios == {"general": true, "research": true}
	named("bedrock/amazon.nova-lite").portfolios == {"general": true, "regulated": true, "research": true}
}

test_a_target_without_a_price_is_at_no_time_priced if {
	targets := prepare.targets with data.prices as {}
	every target in targets { target.priced_from_ms == 9007199254740991 }
}
