package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: Why no target will do
# description: Worked out only when there is none, over the targets looked at first.
reasons := [refusal | some refusal in refusals]

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
	some number in pool
	lookup.targets[number].window < request.window
}

# METADATA
# title: A capability is missing
# custom:
#   code: capability_missing
#   rule: routing.capability
refusals contains {
	"code": "capability_missing",
	"rule": "routing.capability",
	"message": concat("", ["no target that may serve has the capability \"", need, "\""]),
} if {
	some need in request.needs
	some number in pool
	not lookup.targets[number].capabilities[need]
}

# METADATA
# title: Targets are in trouble
# custom:
#   code: no_healthy_target
#   rule: routing.health
refusals contains {
	"code": "no_healthy_target",
	"rule": "routing.health",
	"message": concat("", ["target \"", target.id, "\" is not healthy enough"]),
} if {
	some number in pool
	target := lookup.targets[number]
	unhealthy(target)
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
	"message": concat("", ["target \"", target.id, "\" has no price in force"]),
} if {
	some number in pool
	target := lookup.targets[number]
	target.priced_from_ms > input.now.unix_ms
}

# METADATA
# title: The call costs too much
# custom:
#   code: cost_ceiling
#   rule: routing.cost_ceiling
refusals contains {
	"code": "cost_ceiling",
	"rule": "routing.cost_ceiling",
	"message": concat("", ["one call may cost ", format_int(budget.spendable_nano_usd, 10), " nano-USD, which is too little"]),
} if {
	not budget.short
	too_dear
}

# METADATA
# title: What is left of a budget is too little
# custom:
#   code: budget_exhausted
#   rule: budget.remaining
refusals contains {
	"code": "budget_exhausted",
	"rule": "budget.remaining",
	"message": concat("", [format_int(budget.spendable_nano_usd, 10), " nano-USD are left, which is too little for this call"]),
} if {
	budget.short
	too_dear
}

too_dear if {
	some number in pool
	target := lookup.targets[number]
	target.priced_from_ms <= input.now.unix_ms
	not affordable(target, budget.bearable_pico_usd)
	not enough_for_some(target)
}

enough_for_some(target) if affordable_output(target) >= request.plan.output_floor

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
