package turnpike.access

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: The task must be one of the application's
# custom:
#   code: task_not_allowed
#   rule: access.task
denials contains reason(
	"task_not_allowed", "access.task",
	["application \"", input.caller.application, "\" may not do task \"", request.task, "\""],
) if {
	known
	not lookup.grant.tasks[request.task]
}

# METADATA
# title: The operation must fit the task
# custom:
#   code: operation_mismatch
#   rule: access.operation
denials contains reason(
	"operation_mismatch", "access.operation",
	["task \"", request.task, "\" is not done by operation \"", input.call.operation, "\""],
) if {
	known
	lookup.grant.tasks[request.task]
	not request.plan.operations[input.call.operation]
}
