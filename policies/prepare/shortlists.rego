package turnpike.prepare

# How many targets a first look considers, and how many more with a long window.
page_size := 8

long_page_size := 4

long_window := 400000

# METADATA
# title: The few best targets of one portfolio, task, tier ceiling, region and data class
# description: |
#   What a call is routed over at run time, so that its cost does not grow with the catalogue. Providers alternate:
#   the best of each, then the second best of each. `long` adds windows for calls that do not fit the first.
shortlist(portfolio, task, ceiling, region, class) := {"first": first, "long": long} if {
	ordered := alternating([number |
		some number in contenders[task]
		target := targets[number]
		target.portfolios[portfolio]
		target.tier <= tier_rank[ceiling]
		target.regions[region]
		target.clearance >= class_rank[class]
	])
	first := array.slice(ordered, 0, page_size)
	long := array.slice(
		[number |
			some number in ordered
			targets[number].window >= long_window
			not number in first
		],
		0, long_page_size,
	)
}

# METADATA
# title: Every shortlist that a grant can lead to
shortlists := {portfolio: by_task |
	some portfolio, reach in reaches
	by_task := {task: by_ceiling |
		some task, _ in data.tasks
		by_ceiling := {ceiling: by_region |
			some ceiling in data.tiers
			by_region := {region: by_class |
				some region, _ in reach.regions
				by_class := {class: shortlist(portfolio, task, ceiling, region, class) |
					some class, _ in reach.data_classes
				}
			}
		}
	}
}

# Regions and classes that some application of a portfolio may ask for.
reaches[portfolio] := reach if {
	some portfolio, _ in data.portfolios
	held := [grant |
		some by_environment in grants
		some grant in by_environment
		grant.portfolio == portfolio
	]
	reach := {
		"regions": {region: true | some grant in held; some region, _ in grant.regions},
		"data_classes": {class: true | some grant in held; some class, _ in grant.data_classes},
	}
}

# The best of every kind of target, in order: no shortlist can hold more than a page of one kind, so looking at these
# alone gives the same answer as looking at all.
contenders[task] := [rankings[task][position] | some position in sort(positions)] if {
	some task, _ in data.tasks
	positions := [position |
		some members in by_kind[task]
		some position in array.slice(sort(members), 0, page_size)
	]
}

by_kind[task][kind(targets[number])] contains position if {
	some task, ranked in rankings
	some position, number in ranked
}

kind(target) := concat("|", [
	target.provider,
	format_int(target.tier, 10),
	format_int(target.clearance, 10),
	concat(",", sort(object.keys(target.regions))),
	concat(",", sort(object.keys(target.portfolios))),
	{true: "long", false: "short"}[target.window >= long_window],
])

# METADATA
# title: Numbers so ordered that providers alternate
alternating(ordered) := [entry[2] |
	by_provider := {vendor: members |
		some vendor in {targets[number].provider | some number in ordered}
		members := [[position, number] |
			some position, number in ordered
			targets[number].provider == vendor
		]
	}
	some entry in sort([[turn, member[0], member[1]] |
		some members in by_provider
		some turn, member in members
	])
]
