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
shortlist(portfolio, task, ceiling, region, class) := page(
	task,
	of_class(task, class, of_region(
		task, region,
		of_ceiling(task, ceiling, of_portfolio(task, portfolio, every_contender[task])),
	)),
)

# METADATA
# title: Every shortlist that a grant can lead to
# description: Filters are nested so that what a wider one drops is not looked at again.
shortlists := {portfolio: by_task |
	some portfolio, reach in reaches
	by_task := {task: by_ceiling |
		some task, all in every_contender
		in_portfolio := of_portfolio(task, portfolio, all)
		by_ceiling := {ceiling: by_region |
			some ceiling in data.tiers
			in_ceiling := of_ceiling(task, ceiling, in_portfolio)
			by_region := {region: by_class |
				some region, _ in reach.regions
				in_region := of_region(task, region, in_ceiling)
				by_class := {class: page(task, of_class(task, class, in_region)) |
					some class, _ in reach.data_classes
				}
			}
		}
	}
}

every_contender := contenders

of_portfolio(task, portfolio, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; at(task, position).portfolios[portfolio]]
}

of_ceiling(task, ceiling, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; at(task, position).tier <= tier_rank[ceiling]]
}

of_region(task, region, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; at(task, position).regions[region]]
}

of_class(task, class, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; at(task, position).clearance >= class_rank[class]]
}

at(task, position) := targets[rankings[task][position]]

page(task, positions) := {"first": first, "long": long} if {
	ordered := [rankings[task][entry[1]] |
		some entry in sort([[turn, position] |
			some listed in positions
			some turn, position in listed
		])
	]
	first := array.slice(ordered, 0, page_size)
	long := array.slice(
		[number |
			some number in array.slice(ordered, page_size, count(ordered))
			targets[number].window >= long_window
		],
		0, long_page_size,
	)
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
