package turnpike.budget

import data.turnpike.lookup

# METADATA
# title: The highest tier that the money allows
# description: The lowest of the environment's ceiling, the alias's, and those of all steps reached.
# custom:
#   code: budget_downgrade
#   rule: budget.downgrade
ceiling := lowest if {
	downgraded
	lowest := data.tiers[min([asked_rank, downgrade_rank])]
}

else := data.tiers[asked_rank]

# METADATA
# title: A budget lowers the ceiling below what was asked
downgraded if downgrade_rank < asked_rank

downgrade_rank := min([step.ceiling |
	some step in reached
	step.do == "downgrade"
])

asked_rank := found if found := min([granted_rank, lookup.tier_rank[data.aliases[input.call.model].ceiling]])

else := granted_rank

granted_rank := lookup.tier_rank[lookup.grant.ceiling]
