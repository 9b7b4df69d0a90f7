# METADATA
# title: What is asked for
# description: The call with its alias resolved and its gaps filled from the application's grant and the task.
package turnpike.request

import data.turnpike.lookup

# METADATA
# title: The alias that the call names instead of a model
alias := data.aliases[input.call.model]

# METADATA
# title: Number of the real model that the call names
pin := lookup.number_of[input.call.model] if not alias

# METADATA
# title: The target that the call names
pinned := lookup.targets[pin]

# METADATA
# title: The task
# description: That of the alias, of the call, or the application's own for this operation.
task := found if found := alias.task

else := found if found := input.call.task

else := lookup.grant.default_tasks[input.call.operation]

# METADATA
# title: What the task asks of a target
plan := lookup.tasks[task]

# METADATA
# title: Highest class of data in the call
data_class := found if found := input.call.data_class

else := lookup.grant.default_class

# METADATA
# title: Where the data must stay
region := found if found := input.call.region

else := lookup.grant.home_region

# METADATA
# title: Time and effort that the call is worth
pace := found if found := data.priorities[input.call.priority]

else := data.priorities[lookup.grant.priority]

# METADATA
# title: Tokens of input
# description: Counted by whoever asks, or assumed for the task.
input_tokens := found if found := input.call.input_tokens

else := plan.input_tokens

# METADATA
# title: Tokens of output granted at most
output_tokens := plan.output_ceiling if input.call.max_output_tokens > plan.output_ceiling

else := found if found := input.call.max_output_tokens

else := plan.output_tokens

# METADATA
# title: Tokens that a window must hold
window := input_tokens + output_tokens

# METADATA
# title: Capabilities beyond those that the task asks for anyway
# description: Short or empty, so that looking at a target stays short.
needs := [need |
	some need in input.call.needs
	not plan.needs[need]
] if {
	not pin
}

else := found if found := array.concat(input.call.needs, [operation_capability])

else := [operation_capability]

default operation_capability := "chat"

operation_capability := "embeddings" if input.call.operation == "embeddings"
