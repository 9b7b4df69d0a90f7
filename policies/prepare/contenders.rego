package turnpike.prepare

# METADATA
# title: The best of every kind of target, by task and provider
# description: |
#   Positions in the ranking of the task, ascending. No shortlist can hold more than a page of one kind, so looking at
#   these alone gives the same answer as looking at all.
contenders[task] := {vendor: sort(positions) |
	some vendor, positions in by_provider(task)
} if {
	some task, _ in kept
}

by_provider(task) := {vendor: positions |
	some vendor in {targets[number].provider | some number in rankings[task]}
	positions := {position |
		some position in kept[task]
		targets[rankings[task][position]].provider == vendor
	}
}

kept[task] := {position |
	some members in in_kinds[task]
	some position in array.slice(sort(members), 0, page_size)
} if {
	some task, _ in in_kinds
}

# Named without a key, a rule is worked out once and kept; with one it would be worked out anew for each.
in_kinds := by_kind

by_kind[task][kinds[number]] contains position if {
	some task, ranked in rankings
	some position, number in ranked
}

kinds := [kind(target) | some target in targets]

kind(target) := concat("|", [
	target.provider,
	format_int(target.tier, 10),
	format_int(target.clearance, 10),
	concat(",", sort(object.keys(target.regions))),
	concat(",", sort(object.keys(target.portfolios))),
	{true: "long", false: "short"}[target.window >= long_window],
])
