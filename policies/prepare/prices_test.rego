package turnpike.prepare_test

import data.turnpike.prepare

test_days_begin_at_midnight_utc if {
	every date, ms in {
		"1970-01-01": 0,
		"1999-12-31": 946598400000,
		"2000-02-29": 951782400000,
		"2000-03-01": 951868800000,
		"2024-02-29": 1709164800000,
		"2026-01-01": 1767225600000,
		"2026-09-01": 1788220800000,
		"2100-03-01": 4107542400000,
	} {
		prepare.midnight_ms(date) == ms
	}
}

test_cards_come_newest_first if {
	cards := prepare.cards("anthropic/claude-opus-4-6")
	count(cards) == 2
	cards[0].from_ms > cards[1].from_ms
	cards[0].input_pico_usd == 5000000
}

test_a_model_without_prices_has_no_cards if {
	prepare.cards("nobody/nothing") == []
}
