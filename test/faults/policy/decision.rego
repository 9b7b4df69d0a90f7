# METADATA
# title: Where the calls of the fault suite go
# description: The model that a call names is the plan it follows; data holds the plans.
package faults

# METADATA
# title: The decision
# entrypoint: true
default decision := {
	"outcome": "deny",
	"reasons": [{"code": "no_target", "rule": "routing.health", "message": "no target is left for this plan"}],
	"route": [],
	"budgets": [],
	"limits": [],
	"obligations": [],
	"attribution": {"team": "faults", "application": "suite", "environment": "test"},
}

decision := object.union(planned, object.filter(plan, ["hedge"])) if count(route) > 0

planned := {
	"outcome": "allow",
	"reasons": [{"code": code, "rule": "routing.plan", "message": "as planned"}],
	"route": route,
	"fallback_on": data.fallback_on,
	"envelope": data.envelope,
	"budgets": [],
	"limits": [],
	"obligations": [],
	"attribution": {"team": "faults", "application": "suite", "environment": "test"},
}

plan := data.plans[input.call.model]

# METADATA
# title: The targets of the plan that are well and were not tried yet
route := [step |
	some place in placed
	not tried[place.target]
	not unhealthy(place.target)
	step := {
		"target": place.target,
		"max_output_tokens": 100,
		"retries": place.retries,
		"timeouts": data.paces[place.pace],
	}
]

# METADATA
# title: The plan, with another provider for the first where a tag says so
placed := [place |
	some position, planned_step in plan.route
	place := object.union(planned_step, first_only(position))
]

first_only(0) := {"target": concat("/", [provider, "model"]), "pace": pace} if {
	provider := object.get(input.call, ["tags", "first"], split(plan.route[0].target, "/")[0])
	pace := object.get(input.call, ["tags", "pace"], "patient")
}

first_only(position) := {"pace": "patient"} if position > 0

tried contains attempt.target if some attempt in input.attempts

# METADATA
# title: A target whose breaker is open is left out
unhealthy(target) if input.targets[target].breaker == "open"

code := "moved_away" if {
	some place in placed
	unhealthy(place.target)
} else := "asked_again" if {
	count(tried) > 0
} else := "planned"
