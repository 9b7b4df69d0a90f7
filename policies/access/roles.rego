package turnpike.access

import data.turnpike.lookup

# METADATA
# title: A role must allow the operation in the environment
# custom:
#   code: role_not_allowed
#   rule: access.role
denials contains reason(
	"role_not_allowed", "access.role",
	["none of the caller's roles allows \"", input.call.operation, "\" in environment \"", input.caller.environment, "\""],
) if {
	known
	not has_role
}

has_role if {
	some role in input.caller.roles
	lookup.roles[role].environments[input.caller.environment][input.call.operation]
}

# METADATA
# title: A role gives a privilege
privileged(privilege) if {
	some role in input.caller.roles
	lookup.roles[role].privileges[privilege]
}
