package turnpike.prepare

# METADATA
# title: Targets by kind
# description: Of one kind are those that every shortlist either may hold or may not, so that only their order differs.
kinds := by_kind # without a key a rule is worked out once; with one it would be worked out for each

by_kind[kind(target)] contains number if some number, target in targets

kind(target) := concat("|", [
	target.provider,
	format_int(target.tier, 10),
	format_int(target.clearance, 10),
	concat(",", sort(object.keys(target.regions))),
	concat(",", sort(object.keys(target.portfolios))),
	{true: "long", false: "short"}[target.window >= long_window],
])
