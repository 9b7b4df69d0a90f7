package turnpike.access

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: The data must not be more sensitive than the application is cleared for
# custom:
#   code: data_class_not_allowed
#   rule: access.data_class
denials contains reason(
	"data_class_not_allowed", "access.data_class",
	[
		"application \"", input.caller.application, "\" may not send ", request.data_class,
		" data from environment \"", input.caller.environment, "\"",
	],
) if {
	known
	not lookup.grant.data_classes[request.data_class]
}
