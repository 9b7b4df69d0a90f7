# METADATA
# title: Which target serves a call
# description: |
#   Static requirements were met when the index was prepared; here only what a call brings is looked at: length, needs,
#   health, money.
package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: Those of some targets that can serve the call in full, order kept
fitting(candidates) := [number |
	targets := lookup.targets
	window := request.window
	needs := request.needs
	bearable := budget.bearable_pico_usd
	now := input.now.unix_ms
	some number in candidates
	target := targets[number]
	target.window >= window
	target.priced_from_ms <= now
	affordable(target, bearable)
	not unhealthy(target)
	every need in needs { target.capabilities[need] }
]

# METADATA
# title: Those that can serve it when the output is cut to what the money allows
clamped(candidates) := [number |
	targets := lookup.targets
	some number in candidates
	target := targets[number]
	target.window >= request.window
	target.priced_from_ms <= input.now.unix_ms
	affordable_output(target) >= request.plan.output_floor
	not unhealthy(target)
	every need in request.needs { target.capabilities[need] }
]

# METADATA
# title: What a target may serve at all, whatever the state of the world
eligible(target) if {
	target.portfolios[lookup.grant.portfolio]
	target.tier <= lookup.tier_rank[budget.ceiling]
	target.regions[request.region]
	target.clearance >= lookup.class_rank[request.data_class]
}
