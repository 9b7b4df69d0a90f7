# METADATA
# title: Where a failed call goes
# description: |
#   Asked again with the attempts made so far, the policy says where next, by why the last one failed; or that it is
#   over.
package turnpike.fallback

import data.turnpike.request

# METADATA
# title: Reasons in a fixed order
reasons := [denial | some denial in denials]

last := input.attempts[count(input.attempts) - 1]

# METADATA
# title: After the first token there is no other try
# description: The client has seen part of an answer; a second answer would contradict it.
# custom:
#   code: output_started
#   rule: fallback.output_started
denials contains {
	"code": "output_started",
	"rule": "fallback.output_started",
	"message": concat("", ["target \"", attempt.target, "\" had begun to answer"]),
} if {
	some attempt in input.attempts
	attempt.output_started
}

# METADATA
# title: What fails the same way everywhere is not tried elsewhere
# custom:
#   code: not_retryable
#   rule: fallback.retryable
denials contains {
	"code": "not_retryable",
	"rule": "fallback.retryable",
	"message": concat("", ["an attempt that ended \"", last.outcome, "\" is not tried again"]),
} if {
	last.outcome in {"ok", "cancelled", "invalid_request"}
}

# METADATA
# title: Two providers' filters agree
# custom:
#   code: content_filtered
#   rule: fallback.content_filter
denials contains {
	"code": "content_filtered",
	"rule": "fallback.content_filter",
	"message": "two providers refused the content",
} if {
	last.outcome == "content_filter"
	count([attempt | some attempt in input.attempts; attempt.outcome == "content_filter"]) > 1
}

# METADATA
# title: Attempts are bounded
# custom:
#   code: attempts_exhausted
#   rule: fallback.max_attempts
denials contains {
	"code": "attempts_exhausted",
	"rule": "fallback.max_attempts",
	"message": concat("", [format_int(count(input.attempts), 10), " attempts were made, and no more are allowed"]),
} if {
	count(input.attempts) >= request.pace.max_attempts
}
