package turnpike.routing

import data.turnpike.budget
import data.turnpike.request

# METADATA
# title: The call must not cost more than may be spent
# custom:
#   code: cost_ceiling
#   rule: routing.cost_ceiling
affordable(target, bearable) if target.peak_pico_usd <= bearable

else if affordable_output(target) >= min([request.output_tokens, target.max_output])

# METADATA
# title: Tokens of output that the money allows, after the input is paid
affordable_output(target) := tokens if {
	price := most(card(target))
	left := ((budget.spendable_nano_usd * 1000) - (request.input_tokens * price.input_pico_usd)) - price.request_pico_usd
	left >= 0
	tokens := output_for(left, price.output_pico_usd)
}

output_for(_, 0) := request.output_tokens

output_for(left, price) := floor(left / price) if price > 0

# METADATA
# title: The most that a token of this call may cost
# description: Caches, tiers and long context included, as the gateway bounds an attempt.
most(price) := price.most[0] if count(price.most) == 1

else := reached[count(reached) - 1] if {
	reached := [bound | some bound in price.most; bound.above < request.input_tokens]
}

# METADATA
# title: The price card in force
# description: The newest first; of most targets the first card is the one.
# custom:
#   code: unpriced_target
#   rule: routing.priced
card(target) := target.cards[0] if target.cards[0].from_ms <= input.now.unix_ms

else := [older | some older in target.cards; older.from_ms <= input.now.unix_ms][0]
