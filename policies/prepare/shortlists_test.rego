package turnpike.prepare_test

import data.turnpike.prepare

test_a_shortlist_is_one_page_and_some_with_long_windows if {
	list := prepare.shortlist("general", "chat", "frontier", "any", "internal")
	count(list.first) == 8
	count(list.long) == 4
	every number in list.long {
		prepare.targets[number].window >= 400000
		not number in list.first
	}
}

test_a_shortlist_keeps_to_its_bounds if {
	list := prepare.shortlist("regulated", "chat", "standard", "eu", "confidential")
	every number in array.concat(list.first, list.long) {
		target := prepare.targets[number]
		target.provider in {"azure", "bedrock", "vllm"}
		target.tier <= 1
		target.regions.eu
		target.clearance >= 2
	}
}

test_there_is_a_prepared_shortlist_for_every_grant if {
	shortlists := prepare.shortlists
	every by_environment in prepare.grants {
		every grant in by_environment {
			shortlists[grant.portfolio].chat[grant.ceiling][grant.home_region][grant.default_class]
		}
	}
}
