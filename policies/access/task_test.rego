package turnpike.access_test

import data.turnpike.fixture

test_a_task_that_the_application_does_not_have_is_denied if {
	fixture.codes(object.union(
		fixture.app("search", "query-rewrite", "prod"),
		{"call": {"task": "code"}},
	)) == {"task_not_allowed"}
	fixture.codes({"call": {"task": "world-domination"}}) == {"task_not_allowed"}
}

test_an_operation_that_the_task_is_not_done_by_is_denied if {
	fixture.codes({"call": {"operation": "embeddings"}}) == {"operation_mismatch"}
	fixture.codes({"call": {"model": "embed"}}) == {"operation_mismatch"}
}
