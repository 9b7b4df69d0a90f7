package turnpike_test

import data.turnpike
import data.turnpike.fixture

test_an_allowed_call_says_everything if {
	decision := fixture.decide({"call": {"tags": {"feature": "box"}, "stream": true}})
	object.remove(decision, ["route"]) == {
		"outcome": "allow",
		"reasons": [{"code": "routed", "rule": "routing.task", "message": "the best targets for the task"}],
		"fallback_on": ["rate_limited", "timeout", "connection", "unavailable", "degraded", "context_length"],
		"hedge": {"after_ms": 1500},
		"envelope": {"deadline_ms": 60000, "max_attempts": 4, "max_cost_nano_usd": 2000000000},
		"hold": {"wait_ms": 2000, "clamp": true, "when_away": "allowance", "allowance_nano_usd": 5000000000},
		"budgets": ["app-assistant-day", "company-month", "team-search-month"],
		"limits": ["app-assistant-rpm", "company-rpm", "team-search-rpm"],
		"obligations": [],
		"attribution": {
			"team": "search",
			"application": "assistant",
			"environment": "prod",
			"cost_center": "cc-1010",
			"tags": {"feature": "box"},
		},
	}
}

test_a_decision_is_always_defined if {
	every nonsense in [{}, {"call": {}}, {"caller": {}}, {"call": 1, "caller": [], "now": null}, []] {
		decision := turnpike.decision with input as nonsense
		decision.outcome == "deny"
	}
}

test_a_refusal_has_no_route_and_a_reason if {
	every changes in [
		{"caller": {"roles": []}},
		{"limits": [{"id": "company-rpm", "state": "exhausted"}]},
		{"budgets": [{"id": "team-search-month", "state": "exhausted"}]},
		{"attempts": [{"target": "x", "outcome": "ok"}]},
		{"call": {"needs": ["telepathy"]}},
	] {
		decision := fixture.decide(changes)
		decision.outcome in {"deny", "throttle"}
		decision.route == []
		count(decision.reasons) > 0
		object.keys(decision) - {
			"outcome", "reasons", "route", "budgets", "limits", "obligations", "attribution",
			"retry_after_ms",
		} == set()
	}
}

streamed(changes) := object.union({"call": {"stream": true}}, changes)

test_somebody_who_waits_gets_a_second_attempt_early if {
	fixture.decide(streamed({})).hedge == {"after_ms": 1500}
	not fixture.decide({}).hedge
	not fixture.decide({"call": {"stream": true, "priority": "batch"}}).hedge
	not fixture.decide(streamed({"caller": {"environment": "staging"}})).hedge
	not fixture.decide(streamed({"budgets": [{"id": "team-search-month", "state": "warn"}]})).hedge
}
