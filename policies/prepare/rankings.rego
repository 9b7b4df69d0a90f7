package turnpike.prepare

# METADATA
# title: Targets that can do a task, best first
# description: |
#   The slots that the task prefers, then the best of every kind in the order that the task names, then the others of
#   every kind. No shortlist can hold more than a page of one kind, so `best` is all that shortlists look at; the rest
#   serves calls for which none of the best will do. Sorting little by little matters: where this is compiled, a sort
#   costs the square of its length.
order(task) := {"best": array.concat(preferred, best), "rest": rest} if {
	plan := data.tasks[task]
	preferred := [number |
		some slot in plan.prefer
		number := number_of[data.slots[slot]]
		qualifies(targets[number], plan)
	]
	sorted := [entries |
		some members in kinds
		entries := sort([array.concat(score(targets[number], plan.order), [number]) |
			some number in members
			qualifies(targets[number], plan)
			not number in preferred
		])
	]
	best := [number_in(entry) |
		some entry in sort([entry |
			some entries in sorted
			some entry in array.slice(entries, 0, page_size)
		])
	]
	rest := [number_in(entry) |
		some entries in sorted
		some entry in array.slice(entries, page_size, count(entries))
	]
}

orders := {task: order(task) | some task, _ in data.tasks}

ranking(task) := array.concat(found.best, found.rest) if found := order(task)

rankings := {task: array.concat(found.best, found.rest) | some task, found in orders}

# The number that an entry ends with, after its score.
number_in(entry) := entry[count(entry) - 1]

qualifies(target, plan) if {
	target.quality >= plan.quality_floor
	target.window >= plan.window_floor
	count(target.cards) > 0
	data.models[target.id].first_token_ms <= plan.first_token_ceiling_ms
	every need in plan.needs { target.capabilities[need] }
}

# Compared from left to right, less is better. Prices are those of the newest card: an order must not depend on the
# day, or the index would have to.
score(target, "best") := [0 - target.quality, list_price(target)]

score(target, "economical") := [list_price(target), 0 - target.quality]

score(target, "fastest") := [data.models[target.id].first_token_ms, list_price(target)]

score(target, "balanced") := [distance, 0 - target.quality, list_price(target)] if {
	distance := {"standard": 0, "frontier": 1, "economy": 2}[data.models[target.id].tier]
}

list_price(target) := price if {
	newest := target.cards[0]
	price := (3 * newest.input_pico_usd) + newest.output_pico_usd # three tokens read for each one written
}
