package turnpike.prepare_test

import data.turnpike.prepare

ranked(task) := [prepare.targets[number] | some number in prepare.ranking(task)]

test_the_preferred_slot_comes_first if {
	every task, plan in data.tasks { ranked(task)[0].id == data.slots[plan.prefer[0]] }
}

test_a_preferred_model_that_does_not_qualify_is_not_preferred if {
	first := prepare.targets[prepare.ranking("vision")[0]].id with data.slots.watcher as "mistral/codestral-2"
	first != "mistral/codestral-2"
}

test_each_order_is_the_order_named if {
	best := array.slice(ranked("code"), 1, 100)
	every i in numbers.range(0, count(best) - 2) { best[i].quality >= best[i + 1].quality }
	fast := array.slice(ranked("live"), 1, 100)
	every i in numbers.range(0, count(fast) - 2) {
		data.models[fast[i].id].first_token_ms <= data.models[fast[i + 1].id].first_token_ms
	}
	cheap := array.slice(ranked("classify"), 1, 100)
	every i in numbers.range(0, count(cheap) - 2) { price(cheap[i]) <= price(cheap[i + 1]) }
	balanced := array.slice(ranked("agent"), 1, 3)
	every target in balanced { data.models[target.id].tier == "standard" }
}

price(target) := (3 * target.cards[0].input_pico_usd) + target.cards[0].output_pico_usd

test_whoever_is_ranked_qualifies if {
	every task, plan in data.tasks {
		every target in ranked(task) {
			target.quality >= plan.quality_floor
			target.window >= plan.window_floor
			every need in plan.needs { target.capabilities[need] }
			count(target.cards) > 0
		}
	}
}
