package turnpike.fallback_test

import data.turnpike.fixture

after(attempts) := {"attempts": attempts}

test_after_the_first_token_there_is_no_other_try if {
	fixture.codes(after([{
		"target": "google/gemini-3-flash",
		"outcome": "timeout",
		"output_started": true,
	}])) == {"output_started"}
	fixture.decide(after([{
		"target": "google/gemini-3-flash",
		"outcome": "timeout",
		"output_started": false,
	}])).outcome == "allow"
}

test_what_fails_everywhere_is_not_tried_elsewhere if {
	every outcome in ["ok", "cancelled", "invalid_request"] {
		fixture.codes(after([fixture.failed("google/gemini-3-flash", outcome)])) == {"not_retryable"}
	}
}

test_two_filters_that_agree_end_it if {
	fixture.codes(after([
		fixture.failed("google/gemini-3-flash", "content_filter"),
		fixture.failed("openai/gpt-5-nano", "content_filter"),
	])) == {"content_filtered"}
}

test_attempts_are_bounded if {
	fixture.codes(after([
		fixture.failed("google/gemini-3-flash", "timeout"),
		fixture.failed("openai/gpt-5-nano", "timeout"),
		fixture.failed("azure/gpt-5-nano", "timeout"),
		fixture.failed("vllm/gpt-oss-120b", "timeout"),
	])) == {"attempts_exhausted"}
}
