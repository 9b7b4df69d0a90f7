package turnpike.access

import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: A name must be an alias or a model of the catalogue
# custom:
#   code: model_unknown
#   rule: access.model_known
denials contains reason(
	"model_unknown", "access.model_known",
	["\"", input.call.model, "\" is neither an alias nor a model of the catalogue"],
) if {
	known
	input.call.model
	not request.alias
	not request.pin
}

# METADATA
# title: Naming a real model must be allowed
# description: To the application, or to one of the caller's roles.
# custom:
#   code: pinning_not_allowed
#   rule: access.model_pinning
denials contains reason(
	"pinning_not_allowed", "access.model_pinning",
	["application \"", input.caller.application, "\" may not name a real model, and \"", input.call.model, "\" is one"],
) if {
	known
	request.pin
	not lookup.grant.pinning
	not privileged("pin_model")
}

# METADATA
# title: The model must be in the application's portfolio
# custom:
#   code: model_not_allowed
#   rule: access.model_allowlist
denials contains reason(
	"model_not_allowed", "access.model_allowlist",
	["model \"", request.pinned.id, "\" is not in portfolio \"", lookup.grant.portfolio, "\""],
) if {
	known
	not request.pinned.portfolios[lookup.grant.portfolio]
}

# METADATA
# title: The model's tier must not be above the environment's ceiling
# custom:
#   code: tier_not_allowed
#   rule: access.model_tier
denials contains reason(
	"tier_not_allowed", "access.model_tier",
	["model \"", request.pinned.id, "\" is above tier \"", lookup.grant.ceiling, "\""],
) if {
	known
	request.pinned.tier > lookup.tier_rank[lookup.grant.ceiling]
}

# METADATA
# title: The model must be cleared for the data
# custom:
#   code: model_not_cleared
#   rule: access.model_clearance
denials contains reason(
	"model_not_cleared", "access.model_clearance",
	["model \"", request.pinned.id, "\" is not cleared for ", request.data_class, " data"],
) if {
	known
	request.pinned.clearance < lookup.class_rank[request.data_class]
}

# METADATA
# title: The model must be served where the data must stay
# custom:
#   code: region_not_served
#   rule: access.model_region
denials contains reason(
	"region_not_served", "access.model_region",
	["model \"", request.pinned.id, "\" is not served in region \"", request.region, "\""],
) if {
	known
	not request.pinned.regions[request.region]
}
