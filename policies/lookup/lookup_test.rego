package turnpike.lookup_test

import data.turnpike
import data.turnpike.fixture
import data.turnpike.prepare

calls := [
	{},
	{"call": {"task": "chat", "region": "eu"}},
	{"call": {"task": "chat", "input_tokens": 900000, "needs": ["audio"]}},
	{"call": {"task": "code", "needs": ["audio"]}},
	{"call": {"region": "mars"}},
	{"caller": {"application": "nobody"}},
	{"budgets": [{"id": "team-search-month", "state": "warn", "utilization": 0.98}]},
	{"attempts": [{"target": "google/gemini-3-flash", "outcome": "context_length"}]},
	object.union(fixture.app("people", "cv-screen", "prod"), {"now": {"weekday": "tue", "hour": 9}}),
	object.union(
		fixture.app("platform", "code-review", "prod"),
		{"call": {"model": "anthropic/claude-opus-4-6", "task": "code"}},
	),
]

test_a_prepared_index_gives_the_same_decisions if {
	prepared := prepare.prepared
	every changes in calls {
		computed := fixture.decide(changes)
		looked_up := turnpike.decision with input as fixture.but(changes) with data.prepared as prepared
		looked_up == computed
	}
}
