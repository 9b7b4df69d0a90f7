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
shortlist(portfolio, task, ceiling, region, class) := page(best, of_class(best, class, in_region)) if {
	best := order(task).best
	in_portfolio := of_portfolio(best, portfolio, by_provider(best))
	in_ceiling := of_ceiling(best, ceiling, in_portfolio)
	in_region := of_region(best, region, in_ceiling)
}

# METADATA
# title: Every shortlist that a grant can lead to
# description: Filters are nested so that what a wider one drops is not looked at again.
shortlists := {portfolio: by_task |
	some portfolio, reach in reaches
	by_task := {task: by_ceiling |
		some task, found in orders
		best := found.best
		in_portfolio := of_portfolio(best, portfolio, by_provider(best))
		by_ceiling := {ceiling: by_region |
			some ceiling in data.tiers
			in_ceiling := of_ceiling(best, ceiling, in_portfolio)
			by_region := {region: by_class |
				some region, _ in reach.regions
				in_region := of_region(best, region, in_ceiling)
				by_class := {class: page(best, of_class(best, class, in_region)) |
					some class, _ in reach.data_classes
				}
			}
		}
	}
}

# Positions in a ranking by provider, ascending. The filters that follow take and give the same shape.
by_provider(ranked) := {vendor: positions |
	some vendor in {targets[number].provider | some number in ranked}
	positions := [position | some position, number in ranked; targets[number].provider == vendor]
}

of_portfolio(ranked, portfolio, listed) := {vendor: kept |
	some vendor, positions in listed
	kept := [position | some position in positions; targets[ranked[position]].portfolios[portfolio]]
}

of_ceiling(ranked, ceiling, listed) := {vendor: kept |
	some vendor, positions in listed
	kept := [position | some position in positions; targets[ranked[position]].tier <= tier_rank[ceiling]]
}

of_region(ranked, region, listed) := {vendor: kept |
	some vendor, positions in listed
	kept := [position | some position in positions; targets[ranked[position]].regions[region]]
}

of_class(ranked, class, listed) := {vendor: kept |
	some vendor, positions in listed
	kept := [position | some position in positions; targets[ranked[position]].clearance >= class_rank[class]]
}

page(ranked, listed) := {"first": first, "long": long} if {
	first := array.slice(alternating(ranked, listed), 0, page_size)
	windows := {vendor: kept |
		some vendor, positions in listed
		kept := [position | some position in positions; targets[ranked[position]].window >= long_window]
	}
	long := array.slice([number | some number in alternating(ranked, windows); not number in first], 0, long_page_size)
}

# The best of every provider in order, then the second best of every provider, and so on for a page of turns.
alternating(ranked, listed) := [ranked[position] |
	some turn in numbers.range(0, page_size - 1)
	some position in sort([positions[turn] | some positions in listed])
]

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
