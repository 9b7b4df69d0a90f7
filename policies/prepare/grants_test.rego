package turnpike.prepare_test

import data.turnpike.prepare

test_an_application_takes_what_it_does_not_say_from_its_team if {
	grant := prepare.grant("contract-review", "prod")
	grant.portfolio == "sovereign"
	grant.cost_center == "cc-5010"
	prepare.grant("coding-assist", "prod").cost_center == "cc-8020"
}

test_an_environment_caps_data_and_cost if {
	prepare.grant("assistant", "dev").data_classes == {"public": true, "internal": true}
	prepare.grant("assistant", "dev").call_ceiling_nano_usd == 250000000
	prepare.grant("paper-reader", "prod").default_class == "public"
}

test_there_is_no_grant_where_the_application_is_not if {
	not prepare.grant("assistant", "sandbox")
	not prepare.grant("nobody", "prod")
}

test_home_is_somewhere_that_the_application_may_go if {
	prepare.grant("assistant", "prod").home_region == "any"
	prepare.grant("helpdesk", "prod").home_region == "us"
	prepare.grant("contract-review", "prod").home_region == "eu"
}

test_every_operation_has_a_task if {
	prepare.grant("assistant", "prod").default_tasks.embeddings == "embed"
	prepare.grant("assistant", "prod").default_tasks.chat == "chat"
	prepare.grant("search-index", "prod").default_tasks.embeddings == "embed"
}

test_what_is_not_known_before_a_call_is_left_to_whoever_holds_the_money if {
	scopes := {
		"a-key": {"key": "ci"},
		"a-tag": {"team": "search", "tags": {"feature": "box"}},
		"each-application": {"application": "*"},
		"a-model": {"model": "gpt-5"},
		"their-cost-center": {"cost_center": "cc-1010"},
		"another-team": {"team": "legal", "key": "ci"},
		"another-cost-center": {"cost_center": "cc-9"},
	}
	budgets := {id: {"scope": scope, "window": "day", "limit_nano_usd": 1, "rules": "standard"} | some id, scope in scopes}
	grant := prepare.grant("assistant", "prod") with data.budgets as budgets
	grant.budget_ids == ["a-key", "a-model", "a-tag", "each-application", "their-cost-center"]
	grant.told_budgets == ["each-application"]
}

test_an_application_may_have_terms_of_its_own if {
	prepare.grant("assistant", "dev").hold == {"wait_ms": 500, "clamp": true, "when_away": "deny"}
	terms := {"wait_ms": 1, "clamp": false, "when_away": "record"}
	patched := object.union(data.applications, {"assistant": {"hold": terms}})
	grant := prepare.grant("assistant", "dev") with data.applications as patched
	grant.hold == terms
}
