package turnpike.access

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: The region must be one that the application's data may go to
# custom:
#   code: region_not_allowed
#   rule: access.region
denials contains reason(
	"region_not_allowed", "access.region",
	["application \"", input.caller.application, "\" may not use region \"", request.region, "\""],
) if {
	known
	not lookup.grant.regions[request.region]
}
