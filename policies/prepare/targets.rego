package turnpike.prepare

# METADATA
# title: Names of all models, in the order of their numbers
model_names := sort(object.keys(data.models))

# METADATA
# title: Every target, by number
# description: |
#   A number stands for a target wherever many are listed: it is smaller than the name, and looking it up needs no hash.
targets := [target(name) | some name in model_names]

# METADATA
# title: What the rules ask of a target at run time
target(name) := {
	"id": name,
	"provider": provider(name),
	"tier": tier_rank[model.tier],
	"pace": model.pace,
	"window": model.context_window,
	"max_output": model.max_output_tokens,
	"quality": model.quality,
	"clearance": class_rank[model.clearance],
	"capabilities": as_keys(model.capabilities),
	"regions": object.union(as_keys(model.regions), {"any": true}),
	"portfolios": as_keys(portfolios(name)),
	"cards": all_cards,
	"priced_from_ms": min({unpriced_until_ms} | {card.from_ms | some card in all_cards}),
	"peak_pico_usd": peak(all_cards),
	"twins": twins(name),
} if {
	model := data.models[name]
	all_cards := cards(name)
}

# METADATA
# title: The most that any token may cost, by any card; what a request as such costs is left to arithmetic
peak(all_cards) := 9007199254740991 if {
	some card in all_cards
	some bound in card.most
	bound.request_pico_usd > 0
} else := max({price |
	some card in all_cards
	some bound in card.most
	some price in [bound.input_pico_usd, bound.output_pico_usd]
} | {0})

# A moment that never comes: a target without a card is at no time priced.
unpriced_until_ms := 9007199254740991

provider(name) := split(name, "/")[0]

portfolios(name) := [title |
	model := data.models[name]
	vendor := provider(name)
	some title, holds in portfolio_holds
	holds.tiers[model.tier]
	holds.stages[model.stage]
	holds.providers[vendor]
	not holds.except[name]
]

portfolio_holds := {title: {dimension: as_keys(portfolio[dimension]) |
	some dimension in ["providers", "stages", "tiers", "except"]
} |
	some title, portfolio in data.portfolios
}

# METADATA
# title: The same model elsewhere
twins(name) := [number | some number in families[data.models[name].family]; model_names[number] != name]

# Named without a key, a rule is worked out once and kept; with one it would be worked out anew for each.
families := by_family

by_family[family] contains number if {
	some number, name in model_names
	family := data.models[name].family
}

# METADATA
# title: Numbers by every name that a call may use
# description: The full name, and the part after the provider where only one target has it.
number_of := object.union(unambiguous, {name: number | some number, name in model_names})

unambiguous := {short: number | some short, members in by_short_name; count(members) == 1; some number in members}

by_short_name[short] contains number if {
	some number, name in model_names
	short := substring(name, indexof(name, "/") + 1, -1)
}
