package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: Why no target will do
# description: Worked out only when there is none, over the targets looked at first, by what each fails on first.
reasons := [refusal | some refusal in refusals]

obstacles[obstacle(target)] contains target.id if {
	some number in pool
	target := lookup.targets[number]
}

obstacle(target) := "window" if target.window < request.window

else := "capability" if missing(target)

else := "health" if unhealthy(target)

else := "price" if target.priced_from_ms > input.now.unix_ms

else := "money"

missing(target) if {
	some need in request.needs
	not target.capabilities[need]
}

# METADATA
# title: The window is too short
# custom:
#   code: context_too_long
#   rule: routing.context_window
refusals contains {
	"code": "context_too_long",
	"rule": "routing.context_window",
	"message": concat("", ["no target that may serve holds ", format_int(request.window, 10), " tokens"]),
} if {
	obstacles.window
}

# METADATA
# title: A capability is missing
# custom:
#   code: capability_missing
#   rule: routing.capability
refusals contains {
	"code": "capability_missing",
	"rule": "routing.capability",
	"message": concat("", ["no target that may serve has all of: ", concat(", ", sort(request.needs))]),
} if {
	obstacles.capability
}

# METADATA
# title: Targets are in trouble
# custom:
#   code: no_healthy_target
#   rule: routing.health
refusals contains {
	"code": "no_healthy_target",
	"rule": "routing.health",
	"message": concat("", ["not healthy enough: ", concat(", ", sort(obstacles.health))]),
}

# METADATA
# title: A price is not known
# description: Unknown is not zero.
# custom:
#   code: unpriced_target
#   rule: routing.priced
refusals contains {
	"code": "unpriced_target",
	"rule": "routing.priced",
	"message": concat("", ["no price is in force: ", concat(", ", sort(obstacles.price))]),
}

# METADATA
# title: The call costs too much
# custom:
#   code: cost_ceiling
#   rule: routing.cost_ceiling
refusals contains {
	"code": "cost_ceiling",
	"rule": "routing.cost_ceiling",
	"message": concat("", [
		"one call may cost ", format_int(budget.spendable_nano_usd, 10),
		" nano-USD, which is too little for this one",
	]),
} if {
	obstacles.money
	not budget.short
}

# METADATA
# title: What is left of a budget is too little
# custom:
#   code: budget_exhausted
#   rule: budget.remaining
refusals contains {
	"code": "budget_exhausted",
	"rule": "budget.remaining",
	"message": concat("", [
		"budgets have ", format_int(budget.spendable_nano_usd, 10),
		" nano-USD left, which is too little for this call",
	]),
} if {
	obstacles.money
	budget.short
}

# METADATA
# title: Nothing in the catalogue serves this
# custom:
#   code: no_target
#   rule: routing.no_target
refusals contains {
	"code": "no_target",
	"rule": "routing.no_target",
	"message": concat("", [
		"portfolio \"", lookup.grant.portfolio, "\" has no model of tier \"", budget.ceiling, "\" or below for task \"",
		request.task, "\" with ", request.data_class, " data in region \"", request.region, "\"",
	]),
} if {
	not pool[0]
}
