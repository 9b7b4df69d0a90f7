package turnpike.routing

import data.turnpike.request

# METADATA
# title: A target in trouble is left out
# description: Only targets that are not nominal have facts, so most calls stop at the first line.
# custom:
#   code: no_healthy_target
#   rule: routing.health
unhealthy(target) if {
	fact := input.targets[target.id]
	troubled(fact)
}

troubled(fact) if fact.breaker == "open"

troubled(fact) if fact.error_rate > data.health.error_rate_ceiling

troubled(fact) if fact.first_token_p50_ms > request.plan.first_token_ceiling_ms

troubled(fact) if fact.quality < request.plan.quality_floor
