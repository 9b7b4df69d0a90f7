package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: A model that the call names, and the same model elsewhere
# custom:
#   code: pinned
#   rule: routing.pinned
named := [number |
	some number in array.concat([request.pin], request.pinned.twins)
	eligible(lookup.targets[number])
] if {
	request.pinned
}

# METADATA
# title: The few best targets for the task
# custom:
#   code: routed
#   rule: routing.task
shortlist := lookup.shortlist(
	lookup.grant.portfolio, request.task, budget.ceiling,
	request.region, request.data_class,
)

# METADATA
# title: The few targets that are looked at first
pool := found if found := named

else := array.concat(shortlist.first, shortlist.long)

# METADATA
# title: All targets that a call might be served by
# description: Walked only when none of the few will do; it costs time in proportion to the catalogue.
everything := found if found := named

else := [number |
	shortlist.first[0]
	some number in lookup.ranking(request.task)
	eligible(lookup.targets[number])
]

# METADATA
# title: The targets chosen for a call that was not tried yet
# description: The first look mostly finds two or more. In full is better than cut short; cut short is better than not.
chosen := found if {
	found := fitting(named)
	count(found) > 0
}

else := found if found := clamped(named)

else := found if {
	found := fitting(shortlist.first)
	count(found) > 1
}

else := found if {
	found := fitting(pool)
	count(found) > 0
}

else := found if {
	found := clamped(pool)
	count(found) > 0
}

else := found if {
	found := fitting(everything)
	count(found) > 0
}

else := clamped(everything)
