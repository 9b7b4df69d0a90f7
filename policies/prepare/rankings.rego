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
		some entry in sort([array.concat(score(name, plan.order), [number]) |
			some number, name in model_names
			qualifies(targets[number], plan)
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
score(name, "best") := [0 - data.models[name].quality, list_price(name)]

score(name, "economical") := [list_price(name), 0 - data.models[name].quality]

score(name, "fastest") := [data.models[name].first_token_ms, list_price(name)]

score(name, "balanced") := [distance, 0 - data.models[name].quality, list_price(name)] if {
	distance := {"standard": 0, "frontier": 1, "economy": 2}[data.models[name].tier]
}

list_price(name) := price if {
	newest := cards(name)[0]
	price := (3 * newest.input_pico_usd) + newest.output_pico_usd # three tokens read for each one written
}
