package turnpike.prepare

# METADATA
# title: Tasks, with members as keys
tasks[task] := object.union(plan, {
	"operations": as_keys(plan.operations),
	"needs": as_keys(plan.needs),
}) if {
	some task, plan in data.tasks
}

# METADATA
# title: Roles by environment and operation
roles[role] := {
	"environments": {environment: as_keys(held.operations) | some environment in held.environments},
	"privileges": as_keys(held.privileges),
} if {
	some role, held in data.roles
}

# METADATA
# title: Opening hours by weekday
# description: A list of 24, true where the hour is open.
hours[name] := {day: [open | some hour in numbers.range(0, 23); open := is_open(span, hour)] |
	some day in span.days
} if {
	some name, span in data.hours
}

default is_open(_, _) := false

is_open(span, hour) if {
	hour >= span.from
	hour < span.until
}

# METADATA
# title: Budget rules
# description: |
#   `attention` is where the first step begins; `binding` says that a full budget denies, so that what is left of it
#   bounds a call.
budget_rules[name] := {
	"steps": steps,
	"attention": min([step.at | some step in steps]),
	"binding": count([step | some step in steps; step.do == "deny"; step.at <= 1]) > 0,
} if {
	some name, listed in data.budget_rules
	steps := [object.union(step, {"ceiling": object.get(tier_rank, object.get(step, "to", ""), 99)}) |
		some step in listed
	]
}
