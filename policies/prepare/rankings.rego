package turnpike.prepare

# METADATA
# title: Targets that can do a task, best first
# description: The slots that the task prefers come first, then the order that it names.
ranking(task) := array.concat(preferred, rest) if {
	plan := data.tasks[task]
	preferred := [number |
		some slot in plan.prefer
		number := number_of[data.slots[slot]]
		qualifies(targets[number], plan)
	]
	rest := [entry[count(entry) - 1] |
		some entry in sort([array.concat(score(target, plan.order), [number]) |
			some number, target in targets
			qualifies(target, plan)
			not number in preferred
		])
	]
}

rankings := {task: ranking(task) | some task, _ in data.tasks}

qualifies(target, plan) if {
	count(target.cards) > 0
	target.quality >= plan.quality_floor
	target.window >= plan.window_floor
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
