# METADATA
# title: One target, one budget
# description: Whoever asks gets it, as long as the budget bears it; data holds the terms.
package burst

# METADATA
# title: The decision
# entrypoint: true
decision := {
	"outcome": "allow",
	"reasons": [{"code": "routed", "rule": "burst.route", "message": "the one target"}],
	"route": [{
		"target": "vendor/model",
		"max_output_tokens": 100,
		"retries": 0,
		"timeouts": {"connect_ms": 5000, "first_token_ms": 30000, "idle_ms": 30000, "total_ms": 60000},
	}],
	"fallback_on": [],
	"envelope": {"deadline_ms": 60000, "max_attempts": 1, "max_cost_nano_usd": 1000000000},
	"budgets": ["burst"],
	"limits": [],
	"obligations": [],
	"attribution": {
		"team": input.caller.team,
		"application": input.caller.application,
		"environment": input.caller.environment,
	},
	"hold": data.terms,
}
