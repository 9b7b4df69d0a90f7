package turnpike.access

import data.turnpike.lookup

# METADATA
# title: The application must be the team's own
# description: So that no team spends, or is shown, what is another's.
# custom:
#   code: team_mismatch
#   rule: access.team
denials contains reason(
	"team_mismatch", "access.team",
	["application \"", input.caller.application, "\" does not belong to team \"", input.caller.team, "\""],
) if {
	not known
	lookup.grant.team != input.caller.team
}
