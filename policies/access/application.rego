package turnpike.access

import data.turnpike.lookup

# METADATA
# title: The application must be known
# custom:
#   code: application_unknown
#   rule: access.application
denials contains reason(
	"application_unknown", "access.application",
	["application \"", input.caller.application, "\" is not in the catalogue"],
) if {
	not known
	not data.applications[input.caller.application]
}

# METADATA
# title: The application must be let into the environment
# custom:
#   code: environment_not_allowed
#   rule: access.environment
denials contains reason(
	"environment_not_allowed", "access.environment",
	["application \"", input.caller.application, "\" may not call from environment \"", input.caller.environment, "\""],
) if {
	not known
	data.applications[input.caller.application]
	not lookup.grant
}
