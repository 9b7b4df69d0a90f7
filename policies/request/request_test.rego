package turnpike.request_test

import data.turnpike.fixture
import data.turnpike.request

test_the_alias_wins_over_the_call_and_the_call_over_the_application if {
	request.task == "code" with input as fixture.but({"call": {"model": "code"}})
	request.task == "summarize" with input as fixture.base
	request.task == "chat" with input as fixture.without(["task"])
}

test_gaps_are_filled_from_the_grant if {
	legal := fixture.but(fixture.app("legal", "contract-review", "prod"))
	request.data_class == "restricted" with input as legal
	request.region == "eu" with input as legal
	request.pace.deadline_ms == 60000 with input as legal
	request.pace.deadline_ms == 900000 with input as fixture.but({"call": {"priority": "batch"}})
}

test_output_is_what_was_asked_up_to_the_tasks_ceiling if {
	request.output_tokens == 500 with input as fixture.base
	request.output_tokens == 8192 with input as fixture.but({"call": {"max_output_tokens": 8193}})
	request.output_tokens == 1024 with input as fixture.without(["max_output_tokens"])
	request.window == 1500 with input as fixture.base
}

test_needs_that_the_task_has_anyway_are_not_looked_at_again if {
	request.needs == [] with input as fixture.base
	request.needs == ["vision"] with input as fixture.but({"call": {"task": "code", "needs": ["tools", "vision"]}})
}

test_of_a_named_model_everything_is_needed if {
	pinned := {"call": {"model": "openai/gpt-5-mini"}}
	request.needs == ["chat"] with input as fixture.but(pinned)
	request.needs == ["tools", "chat"] with input as fixture.but(object.union(pinned, {"call": {"needs": ["tools"]}}))
	request.needs == ["embeddings"] with input as fixture.but(object.union(pinned, {"call": {"operation": "embeddings"}}))
}
