package turnpike.prepare_test

import data.turnpike.prepare

test_hours_are_open_from_and_shut_at if {
	prepare.hours.business.mon[6] == false
	prepare.hours.business.mon[7] == true
	prepare.hours.business.mon[19] == true
	prepare.hours.business.mon[20] == false
	not prepare.hours.business.sun
}

test_budget_rules_know_where_they_begin_and_whether_they_bind if {
	prepare.budget_rules.standard.attention == 0.8
	prepare.budget_rules.standard.binding
	not prepare.budget_rules.soft.binding
	not prepare.budget_rules.notice.binding
}

test_roles_are_looked_up_by_environment_and_operation if {
	prepare.roles.indexer.environments.prod.embeddings
	not prepare.roles.indexer.environments.prod.chat
	not prepare.roles.indexer.environments.sandbox
	prepare.roles.operator.privileges.pin_model
}
