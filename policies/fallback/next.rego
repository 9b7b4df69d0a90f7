package turnpike.fallback

import data.turnpike.lookup
import data.turnpike.routing

# METADATA
# title: The targets that come next
# description: |
#   Of those that can serve the call now, first those that the failure suggests; then, where it may, any other. The few
#   best are looked at before the whole catalogue.
chosen := found if {
	found := suited(routing.fitting(routing.pool))
	count(found) > 0
}

else := found if {
	found := suited(routing.fitting(routing.everything))
	count(found) > 0
}

else := found if {
	last.outcome in {"rate_limited", "timeout", "connection", "unavailable"}
	found := untried(routing.fitting(routing.everything))
	count(found) > 0
}

suited(candidates) := [number | some number in candidates; suits(lookup.targets[number])]

untried(candidates) := [number | some number in candidates; not tried[lookup.targets[number].id]]

tried := {attempt.target: true | some attempt in input.attempts}

failed_providers := {split(attempt.target, "/")[0]: true |
	some attempt in input.attempts
	not attempt.outcome in {"context_length", "degraded"}
}

# The longest window that was too short, and the best quality that was too poor.
longest_window := max([lookup.targets[lookup.number_of[attempt.target]].window |
	some attempt in input.attempts
	attempt.outcome == "context_length"
])

best_quality := max([lookup.targets[lookup.number_of[attempt.target]].quality |
	some attempt in input.attempts
	attempt.outcome == "degraded"
])

# METADATA
# title: Too long goes to a longer window
# custom:
#   code: longer_window
#   rule: fallback.context_length
suits(target) if {
	last.outcome == "context_length"
	not tried[target.id]
	target.window > longest_window
}

# METADATA
# title: A poor answer goes to a better model
# custom:
#   code: higher_quality
#   rule: fallback.degraded
suits(target) if {
	last.outcome == "degraded"
	not tried[target.id]
	target.quality > best_quality
}

# METADATA
# title: An outage, a limit, a filter or a bad credential goes to another provider
# custom:
#   code: other_provider
#   rule: fallback.other_provider
suits(target) if {
	not last.outcome in {"context_length", "degraded"}
	not failed_providers[target.provider]
}

# METADATA
# title: Which rule chose
rule := object.get(
	{"context_length": "fallback.context_length", "degraded": "fallback.degraded"},
	last.outcome, "fallback.other_provider",
)

# METADATA
# title: Nowhere is left to go
# custom:
#   code: no_fallback
#   rule: fallback.no_target
refusal := {
	"code": "no_fallback",
	"rule": "fallback.no_target",
	"message": concat("", ["no other target may serve a call whose last attempt ended \"", last.outcome, "\""]),
}
