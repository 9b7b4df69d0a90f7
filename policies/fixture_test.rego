# METADATA
# title: What tests start from
package turnpike.fixture

import data.turnpike

# A call that is allowed: an assistant in production asks for a summary, on a Sunday evening.
base := {
	"call": {
		"operation": "chat",
		"model": "auto",
		"task": "summarize",
		"input_tokens": 1000,
		"max_output_tokens": 500,
	},
	"caller": {
		"team": "search",
		"application": "assistant",
		"environment": "prod",
		"roles": ["service"],
	},
	"budgets": [],
	"limits": [],
	"targets": {},
	"attempts": [],
	"now": {"unix_ms": 1795374000000, "date": "2026-11-22", "weekday": "sun", "hour": 19},
}

# The base with members replaced, deeply.
but(changes) := object.union(base, changes)

# The base without a member of the call.
without(members) := object.union(object.remove(base, ["call"]), {"call": object.remove(base.call, members)})

# A caller of another application.
app(team, application, environment) := {"caller": {
	"team": team,
	"application": application,
	"environment": environment,
}}

decide(changes) := decision if decision := turnpike.decision with input as but(changes)

codes(changes) := {reason.code | some reason in decide(changes).reasons}

route(changes) := [step.target | some step in decide(changes).route]

first(changes) := route(changes)[0]

# A failed attempt.
failed(target, outcome) := {"target": target, "outcome": outcome}
