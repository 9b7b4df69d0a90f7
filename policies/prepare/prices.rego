package turnpike.prepare

# METADATA
# title: Price cards of a model, newest first
cards(name) := array.reverse(sort([card |
	some listed in data.prices[name]
	card := {
		"from_ms": midnight_ms(listed.effective_from),
		"input_pico_usd": listed.input_pico_usd,
		"output_pico_usd": listed.output_pico_usd,
	}
]))

# METADATA
# title: Milliseconds from the Unix epoch to the start of a day (UTC)
# description: Plain arithmetic on YYYY-MM-DD, so that it runs wherever Rego does.
midnight_ms(date) := ms if {
	parts := split(date, "-")
	shift := floor((14 - to_number(parts[1])) / 12) # 1 in January and February, which end the year before
	year := to_number(parts[0]) - shift
	month := (to_number(parts[1]) + (12 * shift)) - 3 # 0 is March
	leaps := (floor(year / 4) - floor(year / 100)) + floor(year / 400)
	days_of_months := floor(((153 * month) + 2) / 5)
	days := ((((365 * year) + leaps) + days_of_months) + to_number(parts[2])) - 719469
	ms := days * 86400000
}
