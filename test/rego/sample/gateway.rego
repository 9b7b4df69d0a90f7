# A policy of realistic size for tests and measurements of the evaluator: access, routing over 40 models, budget and
# fallback in one package.
package sample.gateway

default allow := false

allow if {
	count(denials) == 0
	count(route) > 0
}

team := data.teams[input.caller.team]

application := data.applications[input.caller.application]

call := input.call

denials contains denial("unknown_team", "access.unknown_team") if not team

denials contains denial("unknown_application", "access.unknown_application") if not application

denials contains denial("application_of_other_team", "access.owner") if {
	application.team != input.caller.team
}

denials contains denial("role_missing", "access.role") if {
	not role_granted
}

denials contains denial("data_class_forbidden", "access.data_class") if {
	not application.data_classes[call.data_class]
}

denials contains denial("environment_closed", "access.environment") if {
	not application.environments[input.caller.environment]
}

denials contains denial("budget_exhausted", "budget.exhausted") if {
	some budget in input.budgets
	budget.state == "exhausted"
}

denials contains denial("rate_limited", "budget.rate") if {
	some limit in input.limits
	limit.state == "exhausted"
}

denials contains denial("too_long", "access.tokens") if {
	call.input_tokens > team.max_input_tokens
}

denials contains denial("alias_unknown", "routing.alias") if {
	call.model
	not data.aliases[call.model]
	not data.models[call.model]
}

role_granted if {
	some role in input.caller.roles
	data.roles[role].operations[call.operation]
}

denial(code, rule) := {"code": code, "rule": rule, "message": object.get(data.messages, code, code)}

warned if {
	some budget in input.budgets
	budget.state == "warn"
}

max_tier := 2 if {
	warned
} else := 4

wanted := data.aliases[call.model].needs

needs := object.union(wanted, {need: true | some need in call.needs})

named contains call.model if data.models[call.model]

candidates := [[model.cost, name] |
	some name, model in data.models
	model.regions[call.region]
	model.clearance[call.data_class]
	model.tier <= max_tier
	model.context >= call.input_tokens + call.max_output_tokens
	not input.targets[name].breaker == "open"
	every need, _ in needs { model.capabilities[need] }
]

pinned := [[data.models[name].cost, name] | some name in named]

sorted := sort(pinned) if {
	count(named) > 0
} else := sort(candidates)

route := [target |
	some i in numbers.range(0, min([2, count(sorted) - 1]))
	name := sorted[i][1]
	model := data.models[name]
	target := {
		"target": name,
		"max_output_tokens": min([call.max_output_tokens, model.max_output]),
		"retries": model.retries,
		"timeouts": {"connect_ms": 2000, "first_token_ms": model.first_token_ms, "idle_ms": 15000, "total_ms": 60000},
	}
]

decision := {
	"outcome": "allow",
	"reasons": [{"code": "ok", "rule": "decision.allow", "message": "every rule is satisfied"}],
	"route": route,
	"fallback_on": ["rate_limited", "timeout", "unavailable", "degraded", "context_length"],
	"envelope": {"deadline_ms": 60000, "max_attempts": 4, "max_cost_nano_usd": team.max_cost_nano_usd},
	"budgets": [budget.id | some budget in input.budgets],
	"limits": [limit.id | some limit in input.limits],
	"attribution": attribution,
} if {
	allow
} else := {
	"outcome": "deny",
	"reasons": sort([reason | some reason in denials]),
	"route": [],
	"attribution": attribution,
}

attribution := {
	"team": input.caller.team,
	"application": input.caller.application,
	"environment": input.caller.environment,
	"cost_center": object.get(data.teams, [input.caller.team, "cost_center"], "unknown"),
	"tags": object.get(input.call, "tags", {}),
}
