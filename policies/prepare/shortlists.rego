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
shortlist(portfolio, task, ceiling, region, class) := page(ranked, kept_positions) if {
	ranked := ranking(task)
	by_vendor := {vendor: positions |
		some vendor in {targets[number].provider | some number in ranked}
		positions := [position | some position, number in ranked; targets[number].provider == vendor]
	}
	in_portfolio := of_portfolio(ranked, portfolio, by_vendor)
	in_ceiling := of_ceiling(ranked, ceiling, in_portfolio)
	kept_positions := of_class(ranked, class, of_region(ranked, region, in_ceiling))
}

# METADATA
# title: Every shortlist that a grant can lead to
# description: Filters are nested so that what a wider one drops is not looked at again.
shortlists := {portfolio: by_task |
	some portfolio, reach in reaches
	by_task := {task: by_ceiling |
		some task, all in every_contender
		ranked := rankings[task]
		in_portfolio := of_portfolio(ranked, portfolio, all)
		by_ceiling := {ceiling: by_region |
			some ceiling in data.tiers
			in_ceiling := of_ceiling(ranked, ceiling, in_portfolio)
			by_region := {region: by_class |
				some region, _ in reach.regions
				in_region := of_region(ranked, region, in_ceiling)
				by_class := {class: page(ranked, of_class(ranked, class, in_region)) |
					some class, _ in reach.data_classes
				}
			}
		}
	}
}

every_contender := contenders

of_portfolio(ranked, portfolio, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; targets[ranked[position]].portfolios[portfolio]]
}

of_ceiling(ranked, ceiling, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; targets[ranked[position]].tier <= tier_rank[ceiling]]
}

of_region(ranked, region, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; targets[ranked[position]].regions[region]]
}

of_class(ranked, class, positions) := {vendor: kept_positions |
	some vendor, listed in positions
	kept_positions := [position | some position in listed; targets[ranked[position]].clearance >= class_rank[class]]
}

page(ranked, positions) := {"first": first, "long": long} if {
	ordered := [ranked[entry[1]] |
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
