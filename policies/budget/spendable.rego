package turnpike.budget

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: What this call may cost at most, in nano-USD
# description: The ceiling of one call, and whatever is left of the budgets that deny when full.
spendable_nano_usd := lookup.grant.call_ceiling_nano_usd if count(remaining) == 0

else := min(array.concat(remaining, [lookup.grant.call_ceiling_nano_usd]))

remaining := [fact.remaining_nano_usd |
	some fact in input.budgets
	lookup.budget_rules[lookup.grant.budgets[fact.id]].binding
]

# METADATA
# title: A budget, not the ceiling of a call, is what binds
short if spendable_nano_usd < lookup.grant.call_ceiling_nano_usd

# METADATA
# title: The price per token that every token of the call could bear, in pico-USD
# description: |
#   A target whose dearer price is no higher is affordable without further arithmetic, which saves two multiplications
#   for each target looked at.
bearable_pico_usd := floor((spendable_nano_usd * 1000) / request.window)
