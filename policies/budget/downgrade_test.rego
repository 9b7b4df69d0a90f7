package turnpike.budget_test

import data.turnpike.fixture

tiers(changes) := {data.models[target].tier | some target in fixture.route(changes)}

reasoning(fact) := object.union(month(fact), {"call": {"task": "reason"}})

test_routes_follow_the_tier_that_the_money_leaves if {
	"frontier" in tiers(reasoning({}))
	not "frontier" in tiers(reasoning({"utilization": 0.92}))
	tiers(object.union(month({"utilization": 0.98}), {"call": {"task": "chat"}})) == {"economy"}
}

test_the_reason_says_so if {
	fixture.codes(reasoning({"utilization": 0.92})) == {"budget_downgrade"}
}

test_the_lowest_of_several_budgets_counts if {
	decision := fixture.decide({"budgets": [
		{"id": "team-search-month", "state": "ok", "utilization": 0.91},
		{"id": "app-assistant-day", "state": "ok", "utilization": 0.98},
	]})
	decision.obligations == [
		{"kind": "downgrade", "value": "economy"},
		{"kind": "warn", "value": "app-assistant-day"},
		{"kind": "warn", "value": "team-search-month"},
	]
}

test_an_alias_that_is_cheap_anyway_is_not_downgraded if {
	decision := fixture.decide(object.union(month({"utilization": 0.98}), {"call": {"model": "summarize-cheap"}}))
	decision.obligations == [{"kind": "warn", "value": "team-search-month"}]
}
