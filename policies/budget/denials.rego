package turnpike.budget

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: Reasons in a fixed order
reasons := [denial | some denial in denials]

# METADATA
# title: A budget must not be used up
# description: Where its rules say that a full one denies.
# custom:
#   code: budget_exhausted
#   rule: budget.exhausted
denials contains {
	"code": "budget_exhausted",
	"rule": "budget.exhausted",
	"message": concat("", ["budget \"", step.id, "\" is used up"]),
} if {
	some step in reached
	step.do == "deny"
}

# METADATA
# title: Somebody must pay
# description: An application that no budget covers spends nobody's money.
# custom:
#   code: budget_unknown
#   rule: budget.known
denials contains {
	"code": "budget_unknown",
	"rule": "budget.known",
	"message": concat("", ["no budget covers application \"", input.caller.application, "\""]),
} if {
	count(lookup.grant.budget_ids) == 0
}

# METADATA
# title: A budget's state must be known where the environment requires it
# description: Of those that are the caller's for certain; who holds the money knows whose the others are.
# custom:
#   code: budget_unknown
#   rule: budget.state_known
denials contains {
	"code": "budget_unknown",
	"rule": "budget.state_known",
	"message": concat("", ["the state of budget \"", id, "\" is not known"]),
} if {
	lookup.grant.budget_facts == "required"
	some id in lookup.grant.told_budgets
	not id in {fact.id | some fact in input.budgets}
}

# METADATA
# title: A model that the call names must be within the tier that the money leaves
# description: |
#   Who names no model is routed to a cheaper one; who insists on one is told, and never gets another by surprise.
# custom:
#   code: budget_downgrade
#   rule: budget.pinned
denials contains {
	"code": "budget_downgrade",
	"rule": "budget.pinned",
	"message": concat("", ["budgets leave tier \"", ceiling, "\", and model \"", request.pinned.id, "\" is above it"]),
} if {
	downgraded
	request.pinned.tier > lookup.tier_rank[ceiling]
}
