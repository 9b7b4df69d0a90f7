# METADATA
# title: The index, prepared or computed
# description: |
#   At run time every rule asks the catalogue through these. A build leaves the index in `data.prepared`, and then each
#   is a look-up by key; without it (`opa test`, a plain `opa build`) the same functions compute the one entry asked for.
package turnpike.lookup

import data.turnpike.prepare

# METADATA
# title: What the caller's application may do in its environment
grant := found if found := data.prepared.grants[input.caller.application][input.caller.environment]

else := prepare.grant(input.caller.application, input.caller.environment) if not data.prepared

targets := found if found := data.prepared.targets

else := prepare.targets

number_of := found if found := data.prepared.number_of

else := prepare.number_of

tasks := found if found := data.prepared.tasks

else := prepare.tasks

roles := found if found := data.prepared.roles

else := prepare.roles

hours := found if found := data.prepared.hours

else := prepare.hours

budget_rules := found if found := data.prepared.budget_rules

else := prepare.budget_rules

class_rank := found if found := data.prepared.class_rank

else := prepare.class_rank

tier_rank := found if found := data.prepared.tier_rank

else := prepare.tier_rank

# METADATA
# title: Every target of a task, best first
ranking(task) := found if found := data.prepared.rankings[task]

else := prepare.ranking(task) if not data.prepared

# METADATA
# title: The few best targets of one portfolio, task, tier ceiling, region and data class
shortlist(portfolio, task, ceiling, region, class) := found if found := data.prepared.shortlists[portfolio][task][ceiling][region][class]

else := prepare.shortlist(portfolio, task, ceiling, region, class) if not data.prepared
