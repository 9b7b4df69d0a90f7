# METADATA
# title: The data holds together
# description: Every name in a data file leads somewhere; a slip of the pen is a failed test, not a denied call.
package turnpike.catalogue_test

import data.turnpike.prepare

test_slots_name_models if {
	every model in data.slots { data.models[model] }
}

test_tasks_name_slots_and_bounds_that_fit if {
	every plan in data.tasks {
		every slot in plan.prefer { data.slots[slot] }
		plan.output_floor <= plan.output_tokens
		plan.output_tokens <= plan.output_ceiling
	}
}

test_aliases_name_tasks_and_tiers_and_hide_no_model if {
	every name, alias in data.aliases {
		data.tasks[object.get(alias, "task", "chat")]
		object.get(alias, "ceiling", "economy") in data.tiers
		not prepare.number_of[name]
	}
}

test_models_have_known_classes_tiers_regions_and_prices if {
	every name, model in data.models {
		model.clearance in data.data_classes
		model.tier in data.tiers
		every region in model.regions { region in data.regions }
		data.prices[name]
	}
}

test_price_cards_are_whole_dated_and_in_order if {
	every name, cards in data.prices {
		data.models[name]
		every card in cards {
			regex.match(`^20\d\d-[01]\d-[0-3]\d$`, card.effective_from)
			card.id == sprintf("%s@%s", [name, card.effective_from])
			card.input_pico_usd == floor(card.input_pico_usd)
			card.output_pico_usd == floor(card.output_pico_usd)
		}
		dates := [card.effective_from | some card in cards]
		dates == sort(dates)
	}
}

test_teams_and_applications_lead_somewhere if {
	every team in data.teams { data.portfolios[team.portfolio] }
	every name, app in data.applications {
		every environment in app.environments { prepare.grant(name, environment) }
		data.tasks[app.task]
		every task in object.get(app, "tasks", []) { data.tasks[task] }
	}
}

test_every_grant_has_a_priority_hours_and_a_budget if {
	every by_environment in prepare.grants {
		every grant in by_environment {
			data.priorities[grant.priority]
			data.hours[grant.hours]
			count(grant.budget_ids) > 0
			grant.tasks[grant.default_tasks.count_tokens]
		}
	}
}

test_budgets_and_limits_name_teams_applications_environments_and_rules if {
	every budget in data.budgets {
		data.budget_rules[budget.rules]
		scope_is_known(budget.scope)
	}
	every limit in data.limits { scope_is_known(limit.scope) }
}

scope_is_known(scope) if {
	every dimension, value in scope { may_be_in_a_scope(dimension, value) }
}

may_be_in_a_scope(dimension, value) if known[dimension][value]

may_be_in_a_scope(dimension, "*") if known[dimension]

# Of these the data has no list.
may_be_in_a_scope(dimension, _) if dimension in {"cost_center", "key", "subject", "tags", "provider"}

may_be_in_a_scope("target", target) if data.models[target]

may_be_in_a_scope("model", model) if {
	some target, _ in data.models
	endswith(target, concat("", ["/", model]))
}

known := {"team": data.teams, "application": data.applications, "environment": data.environments}
