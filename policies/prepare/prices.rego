package turnpike.prepare

# METADATA
# title: Price cards of a model, newest first
cards(name) := array.reverse(sort([card |
	some listed in data.prices[name]
	card := {
		"from_ms": midnight_ms(listed.effective_from),
		"input_pico_usd": listed.input_pico_usd,
		"output_pico_usd": listed.output_pico_usd,
		"most": most(listed),
	}
]))

# METADATA
# title: The most that a token may cost in any tier and at any time of the day, from so many input tokens on
# description: |
#   What an attempt is bounded with before it is made; docs/prices.md says what a card that leaves a price out counts.
#   Never falling, the first for requests of any length.
most(listed) := [bound |
	rows := rows_of(listed)
	some above in sort([start | some start in {row.above | some row in rows}])
	reached := [row | some row in rows; row.above <= above]
	bound := {
		"above": above,
		"input_pico_usd": max([row.input | some row in reached]),
		"output_pico_usd": max([row.output | some row in reached]),
		"request_pico_usd": max([row.request | some row in reached]),
	}
]

rows_of(listed) := [row |
	some hours in array.concat([{}], object.get(listed, "hours", []))
	card := prices_of(listed, hours)
	some tier in array.concat([{}], [tier | some tier in object.get(listed, "tiers", {})])
	prices := prices_of(card, tier)
	some step in array.concat([{"above_input_tokens": -1}], object.get(prices, "above", []))
	multiply := object.get(tier, "multiply", 1) * object.get(hours, "multiply", 1)
	divide := object.get(tier, "divide", 1) * object.get(hours, "divide", 1)
	named := object.union(prices, step)
	row := {
		"above": step.above_input_tokens,
		"input": ceil((dearest_input(named) * multiply) / divide),
		"output": ceil((dearest_output(named) * multiply) / divide),
		"request": ceil((object.get(named, "request_pico_usd", 0) * multiply) / divide),
	}
]

# A tier, or a stretch of the day, with prices of its own, else the card's.
prices_of(listed, tier) := object.union({"complete": object.get(listed, "complete", false)}, tier) if tier.input_pico_usd

else := listed

dearest_input(prices) := max(named(prices, input_kinds) | {price | some price in unsaid_input(prices)})

dearest_output(prices) := max(named(prices, output_kinds) | {price | some price in unsaid_output(prices)})

input_kinds := {
	"input_pico_usd",
	"cache_read_pico_usd",
	"cache_write_pico_usd",
	"cache_write_1h_pico_usd",
	"input_audio_pico_usd",
	"input_image_pico_usd",
}

output_kinds := {"output_pico_usd", "reasoning_pico_usd", "output_audio_pico_usd", "output_image_pico_usd"}

named(prices, kinds) := {price | some kind in kinds; price := prices[kind]}

# What the kinds that a card does not name count as: on a complete card as plain tokens, else as the dearer of both.
unsaid_input(prices) := hour(prices) if {
	object.get(prices, "complete", false)
} else := hour(prices) | {prices.output_pico_usd | some kind in {"cache_write_pico_usd", "input_audio_pico_usd"}; not prices[kind]}

unsaid_output(prices) := set() if {
	object.get(prices, "complete", false)
} else := {prices.input_pico_usd | some kind in {"output_audio_pico_usd", "output_image_pico_usd"}; not prices[kind]}

# An hour in a cache, where it is not named, is twice the input; a complete card without cache writes has no cache.
hour(prices) := {price |
	not prices.cache_write_1h_pico_usd
	not cacheless(prices)
	price := 2 * prices.input_pico_usd
}

cacheless(prices) if {
	object.get(prices, "complete", false)
	not prices.cache_write_pico_usd
}

# METADATA
# title: Milliseconds from the Unix epoch to the start of a day (UTC)
# description: Plain arithmetic on YYYY-MM-DD, so that it runs wherever Rego does.
midnight_ms(date) := ms if {
	parts := split(date, "-")
	shift := floor((14 - to_number(parts[1])) / 12) # 1 in January and February, which end the year before
	year := to_number(parts[0]) - shift
	month := (to_number(parts[1]) + (12 * shift)) - 3 # 0 is March
	leaps := (floor(year / 4) - floor(year / 100)) + floor(year / 400)
	days_of_months := floor(((153 * month) + 2) / 5)
	days := ((((365 * year) + leaps) + days_of_months) + to_number(parts[2])) - 719469
	ms := days * 86400000
}
