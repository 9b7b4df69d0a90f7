package turnpike.prepare_test

import data.turnpike.prepare

test_days_begin_at_midnight_utc if {
	every date, ms in {
		"1970-01-01": 0,
		"1999-12-31": 946598400000,
		"2000-02-29": 951782400000,
		"2000-03-01": 951868800000,
		"2024-02-29": 1709164800000,
		"2026-01-01": 1767225600000,
		"2026-09-01": 1788220800000,
		"2100-03-01": 4107542400000,
	} {
		prepare.midnight_ms(date) == ms
	}
}

test_cards_come_newest_first if {
	cards := prepare.cards("anthropic/claude-opus-4-6")
	count(cards) == 2
	cards[0].from_ms > cards[1].from_ms
	cards[0].input_pico_usd == 5000000
}

test_a_model_without_prices_has_no_cards if {
	prepare.cards("nobody/nothing") == []
}

# Each as the engine bounds it: test/policy/prices.test.ts has the same numbers.
test_a_token_may_cost_what_the_dearest_tier_cache_and_step_ask_for_it if {
	every name, expected in {
		"openai/gpt-5.2": [[-1, 3500000, 28000000]], # priority
		"openai/gpt-5-mini": [[-1, 450000, 3600000]], # priority, by nine fifths
		"anthropic/claude-sonnet-4-5": [[-1, 6000000, 15000000], [200000, 12000000, 22500000]], # an hour in a cache
		"bedrock/anthropic.claude-haiku-4-5": [[-1, 2200000, 5500000]], # the hour is not named
		"google/gemini-2.5-pro": [[-1, 1250000, 10000000], [200000, 2500000, 15000000]],
		"google/gemini-2.5-flash": [[-1, 2000000, 2000000]], # to come: not said to be complete
		"google/gemini-3-flash-lite": [[-1, 400000, 400000]], # not complete
		"mistral/mistral-embed": [[-1, 100000, 0]],
	} {
		[[bound.above, bound.input_pico_usd, bound.output_pico_usd] |
			some bound in prepare.cards(name)[0].most
		] == expected
	}
}

test_tiers_steps_and_requests_of_ones_own_bound_too if {
	bounds := prepare.cards("a/b")[0].most with data.prices as {"a/b": [{
		"effective_from": "2026-01-01",
		"input_pico_usd": 10,
		"output_pico_usd": 10,
		"request_pico_usd": 7,
		"above": [{"above_input_tokens": 50, "output_pico_usd": 30}],
		"complete": true,
		"tiers": {
			"flex": {"multiply": 1, "divide": 3},
			"priority": {
				"input_pico_usd": 20,
				"output_pico_usd": 15,
				"above": [{"above_input_tokens": 40, "input_pico_usd": 35}],
			},
			"turbo": {"multiply": 5, "divide": 3},
		},
	}]}
	bounds == [
		{"above": -1, "input_pico_usd": 20, "output_pico_usd": 17, "request_pico_usd": 12},
		{"above": 40, "input_pico_usd": 35, "output_pico_usd": 17, "request_pico_usd": 12},
		{"above": 50, "input_pico_usd": 35, "output_pico_usd": 50, "request_pico_usd": 12},
	]
}

test_hours_of_the_day_bound_too if {
	bounds := prepare.cards("a/b")[0].most with data.prices as {"a/b": [{
		"effective_from": "2026-01-01",
		"input_pico_usd": 10,
		"output_pico_usd": 20,
		"complete": true,
		"tiers": {
			"priority": {"multiply": 2},
			"own": {"input_pico_usd": 25, "output_pico_usd": 25},
		},
		"hours": [
			{"from": "22:00", "to": "02:00", "multiply": 3, "divide": 2},
			{
				"from": "02:00",
				"to": "03:00",
				"input_pico_usd": 1,
				"output_pico_usd": 35,
				"above": [{"above_input_tokens": 40, "input_pico_usd": 30}],
			},
		],
	}]}
	bounds == [
		{"above": -1, "input_pico_usd": 38, "output_pico_usd": 70, "request_pico_usd": 0},
		{"above": 40, "input_pico_usd": 60, "output_pico_usd": 70, "request_pico_usd": 0},
	]
}
