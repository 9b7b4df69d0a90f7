package turnpike.budget

import data.turnpike.lookup

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
# custom:
#   code: budget_unknown
#   rule: budget.state_known
denials contains {
	"code": "budget_unknown",
	"rule": "budget.state_known",
	"message": concat("", ["the state of budget \"", id, "\" is not known"]),
} if {
	lookup.grant.budget_facts == "required"
	some id in lookup.grant.budget_ids
	not id in {fact.id | some fact in input.budgets}
}
