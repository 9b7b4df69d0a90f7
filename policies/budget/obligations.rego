package turnpike.budget

# METADATA
# title: What a strained budget obliges to
# description: A warning for each budget that wants one, and the tier that was lowered to.
# custom:
#   code: budget_downgrade
#   rule: budget.downgrade
obligations := [] if count(reached) == 0

else := array.concat(downgrades, [{"kind": "warn", "value": id} | some id in sort(warned)])

# METADATA
# title: Budgets to warn about
# custom:
#   code: budget_warn
#   rule: budget.warn
warned contains step.id if {
	some step in reached
	step.do == "warn"
}

downgrades := [{"kind": "downgrade", "value": ceiling}] if downgraded

else := []
