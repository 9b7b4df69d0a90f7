package turnpike.budget

import data.turnpike.lookup

# METADATA
# title: A rate limit must not be used up
# custom:
#   code: limit_exhausted
#   rule: budget.limit
throttles := [{
	"code": "limit_exhausted",
	"rule": "budget.limit",
	"message": concat("", ["limit \"", limit.id, "\" is used up"]),
} |
	some limit in exhausted_limits
]

# METADATA
# title: When to come back
retry_after_ms := max([object.get(limit, "retry_after_ms", 1000) | some limit in exhausted_limits])

exhausted_limits := [limit |
	some limit in input.limits
	limit.state == "exhausted"
	lookup.grant.limits[limit.id]
]
