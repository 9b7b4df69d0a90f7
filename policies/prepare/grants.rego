package turnpike.prepare

# METADATA
# title: What one application may do in one environment
# description: The application joined with its defaults, its team, the environment, and every budget and limit in scope.
grant(application, environment) := {
	"team": app.team,
	"cost_center": object.get(app, "cost_center", team.cost_center),
	"portfolio": portfolio,
	"ceiling": place.ceiling,
	"data_classes": {class: true |
		some class in data.data_classes
		class_rank[class] <= min([class_rank[app.data_class], class_rank[place.data_class]])
	},
	"default_class": data.data_classes[min([class_rank[app.default_class], class_rank[place.data_class]])],
	"regions": object.union(as_keys(app.regions), {home_region(app): true}),
	"home_region": home_region(app),
	"tasks": as_keys(object.get(app, "tasks", object.keys(data.tasks))),
	"default_tasks": default_tasks(app),
	"pinning": app.pinning,
	"hours": app.hours,
	"priority": app.priority,
	"call_ceiling_nano_usd": object.get(app, "call_ceiling_nano_usd", place.call_ceiling_nano_usd),
	"hedging": place.hedging,
	"hold": object.get(app, "hold", place.hold),
	"budget_facts": place.budget_facts,
	"budgets": budgets,
	"budget_ids": sort(object.keys(budgets)),
	"told_budgets": sort([id | some id in object.keys(budgets); is_told(data.budgets[id].scope)]),
	"limits": limits,
	"limit_ids": sort(object.keys(limits)),
} if {
	app := object.union(data.application_defaults, data.applications[application])
	environment in app.environments
	place := data.environments[environment]
	team := data.teams[app.team]
	portfolio := object.get(app, "portfolio", team.portfolio)
	caller := {
		"team": app.team,
		"application": application,
		"environment": environment,
		"cost_center": object.get(app, "cost_center", team.cost_center),
	}
	budgets := {id: budget.rules | some id, budget in data.budgets; covers(budget.scope, caller)}
	limits := {id: true | some id, limit in data.limits; covers(limit.scope, caller)}
}

grants[application] := {environment: grant(application, environment) | some environment in app.environments} if {
	some application, app in data.applications
}

# Where a call goes that does not say: nowhere that the application may not go.
home_region(app) := region if region := app.home_region

else := "any" if {
	every region in data.regions { region in app.regions }
}

else := app.regions[0]

# A scope may cover a caller when nothing that it names is another caller's. What is not known before a call (key,
# subject, tags, target) and what is kept apart for every value ("*") is left to whoever holds the money.
covers(scope, caller) if {
	every dimension, value in scope { may_be(dimension, value, caller) }
}

may_be(dimension, value, caller) if object.get(caller, dimension, value) == value

may_be(_, "*", _)

# Facts tell the state of a budget that is a caller's for certain. One of a key, a tag or a target may be another's.
is_told(scope) if {
	every dimension in object.keys(scope) { dimension in {"team", "application", "environment"} }
}

# An application's own task, where the operation allows it; otherwise the first task that does.
default_tasks(app) := {operation: task |
	some operation in operations
	task := default_task(app, operation)
}

operations := {operation | some plan in data.tasks; some operation in plan.operations}

default_task(app, operation) := app.task if {
	operation in data.tasks[app.task].operations
} else := sort([task | some task, plan in data.tasks; operation in plan.operations])[0]
