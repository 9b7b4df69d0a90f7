package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# At most so many targets in a route.
route_length := 4

# METADATA
# title: Chosen targets as the steps of a route
steps(numbers) := [step |
	targets := lookup.targets
	timeouts := request.pace.timeouts
	retries := request.pace.retries
	some number in array.slice(numbers, 0, route_length)
	target := targets[number]
	step := {
		"target": target.id,
		"max_output_tokens": step_output(target),
		"retries": retries,
		"timeouts": timeouts[target.pace],
	}
]

# METADATA
# title: Tokens of output asked of one target
# description: The least of what was granted, what the model can and what the money allows.
# custom:
#   code: output_capped
#   rule: budget.cap_output
step_output(target) := request.output_tokens if {
	target.peak_pico_usd <= budget.bearable_pico_usd
	target.max_output >= request.output_tokens
}

else := min([request.output_tokens, target.max_output, affordable_output(target)])
