# METADATA
# title: Turnpike
# description: |
#   One decision for each model call: may this caller do it, which target serves it, can the budget bear it, and where
#   does it go when that fails. What is asked first is what denies most cheaply.
# scope: subpackages
# schemas:
#   - input: schema.input
package turnpike

import data.turnpike.access
import data.turnpike.budget
import data.turnpike.fallback
import data.turnpike.lookup
import data.turnpike.request
import data.turnpike.routing

# METADATA
# title: The last resort
# description: Whatever no rule foresaw is a deny.
# custom:
#   code: no_decision
#   rule: turnpike.decision
default decision := {
	"outcome": "deny",
	"reasons": [{"code": "no_decision", "rule": "turnpike.decision", "message": "no rule decided"}],
	"route": [],
	"budgets": [],
	"limits": [],
	"obligations": [],
	"attribution": {"team": "unknown", "application": "unknown", "environment": "unknown"},
}

# METADATA
# title: The decision
# description: Always defined.
# entrypoint: true
decision := refusal("deny", access.reasons) if count(access.denials) > 0

else := object.union(
	refusal("throttle", budget.throttles),
	{"retry_after_ms": budget.retry_after_ms},
) if {
	count(budget.throttles) > 0
}

else := refusal("deny", budget.reasons) if count(budget.denials) > 0

else := refusal("deny", fallback.reasons) if count(fallback.denials) > 0

else := found if found := hedged

else := found if found := allowed

else := refusal("deny", [fallback.refusal]) if count(input.attempts) > 0

else := refusal("deny", routing.reasons) if count(routing.reasons) > 0

# METADATA
# title: A call that is let through
allowed := {
	"outcome": "allow",
	"reasons": [reason],
	"route": route,
	"fallback_on": request.pace.fallback_on,
	"envelope": envelope,
	"hold": lookup.grant.hold,
	"budgets": lookup.grant.budget_ids,
	"limits": lookup.grant.limit_ids,
	"obligations": obligations,
	"attribution": attribution,
} if {
	count(route) > 0
}

# METADATA
# title: The same, with a second attempt started when the first is slow
# description: |
#   For somebody who waits, where the environment pays for it, another target exists and no budget is strained. Only of a
#   stream: a whole answer that takes long is mostly a long one, not a slow one.
hedged := object.union(allowed, {"hedge": {"after_ms": request.pace.hedge_after_ms}}) if {
	input.call.stream
	lookup.grant.hedging
	count(route) > 1
	count(budget.reached) == 0
}

route := routing.steps(routing.chosen) if count(input.attempts) == 0

else := routing.steps(fallback.chosen)

# METADATA
# title: What decided where the call goes
reason := {
	"code": "fallback",
	"rule": fallback.rule,
	"message": "the next targets after a failure",
} if {
	count(input.attempts) > 0
}

else := {
	"code": "budget_downgrade",
	"rule": "budget.downgrade",
	"message": "budgets lower the tier",
} if {
	budget.downgraded
}

else := {
	"code": "pinned",
	"rule": "routing.pinned",
	"message": "the model that the call names",
} if {
	request.pin
}

else := {
	"code": "routed",
	"rule": "routing.task",
	"message": "the best targets for the task",
}

envelope := {
	"deadline_ms": request.pace.deadline_ms,
	"max_attempts": request.pace.max_attempts,
	"max_cost_nano_usd": budget.spendable_nano_usd,
}

obligations := array.concat([{"kind": "cap_output", "value": cap}], budget.obligations) if {
	cap := route[0].max_output_tokens
	cap < asked_output
}

else := budget.obligations

asked_output := found if found := input.call.max_output_tokens

else := request.output_tokens

# METADATA
# title: A call that is not
refusal(outcome, reasons) := {
	"outcome": outcome,
	"reasons": reasons,
	"route": [],
	"budgets": budgets,
	"limits": limits,
	"obligations": [],
	"attribution": attribution,
}

budgets := lookup.grant.budget_ids if access.known

else := []

limits := lookup.grant.limit_ids if access.known

else := []

# METADATA
# title: Who pays
# description: A caller who is not who it says has no cost center.
attribution := {
	"team": input.caller.team,
	"application": input.caller.application,
	"environment": input.caller.environment,
	"cost_center": lookup.grant.cost_center,
	"tags": object.get(input.call, "tags", {}),
} if {
	access.known
}

else := {
	"team": input.caller.team,
	"application": input.caller.application,
	"environment": input.caller.environment,
	"tags": object.get(input.call, "tags", {}),
}
