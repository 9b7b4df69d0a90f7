package turnpike.routing

import data.turnpike.budget
import data.turnpike.lookup
import data.turnpike.request

# METADATA
# title: Targets to choose from, best first
# description: |
#   A model that the call names, and its twins; unless money lowers the tier below it, and then those of the task.
named := [number |
	some number in array.concat([request.pin], access_pinned.twins)
	eligible(lookup.targets[number])
] if {
	access_pinned.tier <= lookup.tier_rank[budget.ceiling]
}

access_pinned := lookup.targets[request.pin]

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
