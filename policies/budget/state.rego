# METADATA
# title: What the money allows
# description: |
#   The budgets of a grant that are no longer nominal, and the steps that they have reached. The facts come with the
#   input; a fact about a budget that this call does not draw on is not this call's business.
package turnpike.budget

import data.turnpike.lookup

# METADATA
# title: Steps reached, each with its budget
reached := [{"id": fact.id, "do": step.do, "ceiling": step.ceiling} |
	budgets := lookup.grant.budgets
	some fact in input.budgets
	rules := lookup.budget_rules[budgets[fact.id]]
	level := fullness(fact, rules)
	level >= rules.attention
	some step in rules.steps
	level >= step.at
]

# How full a budget is; its state counts even where the number does not say so.
fullness(fact, _) := max([1, object.get(fact, "utilization", 1)]) if fact.state == "exhausted"

else := max([rules.attention, object.get(fact, "utilization", 0)]) if {
	fact.state == "warn"
	rules := lookup.budget_rules[lookup.grant.budgets[fact.id]]
}

else := fact.utilization
